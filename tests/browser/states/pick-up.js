/** The states of the pick-up page. */
import * as fixtures from '../fixtures.js';
import { serverMessage } from '../site.js';
import { ok, refused, unavailable } from './answers.js';
import { press, PROBLEM, statesOf } from './state.js';

/** @typedef {import('./state.js').Page} Page */

const checking = 'POST /api/pickup';
const issuing = 'POST /api/pickup/certificate';
const SUMMARY = '#file';
const ISSUED = '#issued';

const checked = { [checking]: ok(fixtures.pickUp()) };
const issued = { ...checked, [issuing]: ok(fixtures.issuedCertificate(), 201) };

/** @param {Page} page */
async function check(page) {
  await page.locator('#field-certificateCode').fill(fixtures.certificateCode);
  await page.locator('#field-applicationPassword').fill(fixtures.applicationPassword);
  await page.locator('#check').click();
}

/** @param {string} password @returns {(page: Page) => Promise<void>} */
function enter(password) {
  return async (page) => {
    await check(page);
    await page.locator('#field-filePassword').fill(password);
  };
}

/** @param {Page} page */
async function pickUp(page) {
  await enter('Xk7!pQ2#mZ9$vW')(page);
  await page.locator('#field-written').check();
  await page.locator('#pick-up').click();
}

/** @param {Page} page */
async function download(page) {
  await page.locator(ISSUED).waitFor();
  await Promise.all([page.waitForEvent('download'), page.locator('#issued .card a').first().click()]);
}

/**
 * Replaces the random values of the browser with fixed values. The public key matches the certificate in the fixtures.
 * The private key does not match, but only verifying the request's signature would reveal the mismatch.
 *
 * @param {Page} page
 */
async function fixRandomness(page) {
  await page.addInitScript((certified) => {
    let octet = 0;
    crypto.getRandomValues = (array) => {
      if (array instanceof Uint8Array) array.forEach((_, index) => (array[index] = (octet += 37) % 256));
      return array;
    };
    const spki = Uint8Array.from(atob(certified), (character) => character.charCodeAt(0));
    const anyKey = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) };
    const generate = crypto.subtle.generateKey.bind(crypto.subtle);
    const value = async () => {
      const { privateKey } = await generate(anyKey, true, ['sign', 'verify']);
      const publicKey = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
      return { privateKey, publicKey };
    };
    Object.defineProperty(crypto.subtle, 'generateKey', { value });
  }, fixtures.CERTIFIED_KEY);
}

/** @param {import('../../../web/js/rules.js').Language} language */
function keyRefused(language) {
  const detail = serverMessage(language, 'KeyCompromised');
  return { errors: [{ pointer: '/certificationRequest', code: /** @type {const} */ ('keyCompromised'), detail }] };
}

const revokedByPickUp = fixtures.pickUp({ replaces: { ...fixtures.pickUp().replaces, revokedAt: null, revokedByPickUp: true } });
const notRevoked = fixtures.pickUp({ replaces: { ...fixtures.pickUp().replaces, revokedAt: null } });
const elsewhere = fixtures.pickUp({ certificate: fixtures.issuedCertificate() });
const receipt = () => ({ receiptNumber: fixtures.receiptNumber });

/** @type {ReturnType<typeof statesOf>} */
const states = statesOf('pick-up.html', [
  { name: '7-pick-up', sees: '#credentials', modes: ['no-script'], pictured: 'page', part: 'main' },
  { name: '7-pick-up-empty', reach: press('#check'), sees: PROBLEM },
  { name: '7-pick-up-check-failed', answers: { [checking]: refused(401, 'pick-up-check-failed') }, reach: check, sees: PROBLEM },
  { name: '7-pick-up-code-blocked', answers: { [checking]: refused(429, 'code-blocked') }, reach: check, sees: PROBLEM },
  { name: '7-pick-up-code-expired', answers: { [checking]: refused(410, 'code-expired', receipt) }, reach: check, sees: PROBLEM },
  {
    name: '7-pick-up-application-expired',
    answers: { [checking]: refused(410, 'application-expired', receipt) },
    reach: check,
    sees: PROBLEM,
  },
  {
    name: '7-pick-up-application-stopped',
    answers: { [checking]: refused(410, 'application-stopped', receipt) },
    reach: check,
    sees: PROBLEM,
  },
  { name: '7-pick-up-no-connection', answers: { [checking]: 'no connection' }, reach: check, sees: PROBLEM },
  {
    name: '7-pick-up-unable',
    prepare: (page) => page.addInitScript(() => Object.defineProperty(crypto, 'subtle', { value: undefined })),
    sees: PROBLEM,
  },
  {
    name: '7-pick-up-key-waiting',
    answers: { ...checked, [issuing]: 'no connection' },
    reach: async (page) => {
      await pickUp(page);
      await page.locator(PROBLEM).waitFor();
      page.once('dialog', (dialog) => dialog.accept());
      await page.reload();
    },
    sees: '#notices .notice',
  },

  { name: '8-summary', answers: checked, reach: check, sees: SUMMARY, modes: ['dark'], pictured: 'page', part: 'main' },
  { name: '8-summary-revokes', answers: { [checking]: ok(revokedByPickUp) }, reach: check, sees: '#summary-content .notice-warning' },
  { name: '8-summary-does-not-revoke', answers: { [checking]: ok(notRevoked) }, reach: check, sees: SUMMARY },
  {
    name: '8-summary-errors',
    answers: checked,
    reach: async (page) => {
      await enter('password')(page);
      await page.locator('#pick-up').click();
    },
    sees: PROBLEM,
    modes: ['forced-colors', 'text-200'],
  },
  { name: '8-summary-fair', answers: checked, reach: enter('sakura-momiji'), sees: '#strength[data-level=fair]' },
  {
    name: '8-summary-suggested',
    answers: checked,
    reach: async (page) => {
      await check(page);
      await page.locator('#suggest').click();
    },
    sees: '#strength[data-level=strong]',
    modes: ['text-200'],
  },
  {
    name: '8-summary-requesting',
    answers: { ...checked, [issuing]: 'no answer' },
    reach: async (page) => {
      await Promise.all([page.waitForRequest('**/api/pickup/certificate'), pickUp(page)]);
    },
    sees: '.spinner',
  },
  { name: '8-summary-no-connection', answers: { ...checked, [issuing]: 'no connection' }, reach: pickUp, sees: PROBLEM },
  {
    name: '8-summary-resumed',
    answers: { ...checked, [issuing]: 'no connection' },
    reach: async (page) => {
      await pickUp(page);
      await page.locator(PROBLEM).waitFor();
      page.once('dialog', (dialog) => dialog.accept());
      await page.reload();
      await check(page);
    },
    sees: SUMMARY,
  },
  { name: '8-summary-server-failure', answers: { ...checked, [issuing]: unavailable }, reach: pickUp, sees: PROBLEM },
  {
    name: '8-summary-key-refused',
    answers: { ...checked, [issuing]: refused(422, 'invalid-fields', keyRefused) },
    reach: pickUp,
    sees: PROBLEM,
  },
  {
    name: '8-picked-up-elsewhere',
    answers: { [checking]: ok(elsewhere) },
    reach: check,
    sees: '#summary-content .notice-warning',
  },

  { name: '9-issued', answers: issued, reach: pickUp, sees: ISSUED, modes: ['dark', 'text-200'], pictured: 'page', part: 'main' },
  {
    name: '9-issued-not-saved',
    answers: issued,
    reach: async (page) => {
      await pickUp(page);
      await page.locator('#finish').click();
    },
    sees: PROBLEM,
  },
  {
    name: '9-done',
    answers: issued,
    reach: async (page) => {
      await pickUp(page);
      await download(page);
      await page.locator('#finish').click();
    },
    sees: '#issued .notice-success',
    modes: ['print'],
    pictured: 'page',
    part: 'main',
  },
]);

export default states.map((state) => ({ prepare: fixRandomness, ...state }));
