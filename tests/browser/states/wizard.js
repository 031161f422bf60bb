/** The states of steps 1 to 5. */
import * as fixtures from '../fixtures.js';
import { rules, serverMessage } from '../site.js';
import { badGateway, ok, refused, unavailable } from './answers.js';
import { press, PROBLEM, statesOf } from './state.js';

/** @typedef {import('./state.js').Page} Page */

const session = 'POST /api/session';
const list = 'GET /api/certificates';
const certificate = 'GET /api/certificates/984940947';
const selection = 'POST /api/certificates/984940947/selection';
const application = 'GET /api/application';
const saving = 'PUT /api/application';
const review = 'GET /api/application/review';
const submission = 'POST /api/application/submission';

/** @param {Page} page */
async function identify(page) {
  await page.locator('#field-emailAddress').fill('taro@example.co.jp');
  await page.locator('#field-applicationPassword').fill(fixtures.applicationPassword);
  await page.locator('#field-certificateCode').fill(fixtures.certificateCode);
  await page.locator('#submit').click();
}

/** @param {Page} page */
async function acknowledge(page) {
  await page.locator('#field-acknowledged').check();
  await page.locator('#next').click();
}

/** Stores the key of the drafts, as step 1 does. @param {Page} page */
async function unlockDrafts(page) {
  await page.locator('#application').waitFor();
  await page.evaluate(async ([applicationPassword, certificateCode]) => {
    const { prepareDrafts } = await import(/** @type {string} */ ('/js/draft.js'));
    await prepareDrafts({ emailAddress: 'taro@example.co.jp', applicationPassword, certificateCode })();
  }, /** @type {const} */ ([fixtures.applicationPassword, fixtures.certificateCode]));
}

const identityStates = [
  ...statesOf('index.html', [
    { name: '1-identity', sees: '#identity', modes: ['no-script'], pictured: 'page' },
    { name: '1-identity-empty', reach: press('#submit'), sees: PROBLEM, modes: ['dark', 'forced-colors', 'text-200'] },
    {
      name: '1-identity-mistyped',
      reach: async (page) => {
        await page.locator('#field-certificateCode').fill(fixtures.certificateCode.replace('9QX2', '9QX3'));
        await page.locator('#field-emailAddress').focus();
      },
      sees: '#error-certificateCode',
    },
    { name: '1-identity-password-shown', reach: press('#toggle-password'), sees: '#field-applicationPassword[type=text]' },
    { name: '1-identity-checking', reach: identify, answers: { [session]: 'no answer' }, sees: '.spinner' },
    { name: '1-identity-failed', reach: identify, answers: { [session]: refused(401, 'identity-check-failed') }, sees: PROBLEM },
    {
      name: '1-identity-sign-in-code',
      reach: identify,
      answers: { [session]: refused(403, 'confirmation-by-email') },
      sees: '#field-signInCode',
    },
    {
      name: '1-identity-too-many-sign-ins',
      reach: identify,
      answers: { [session]: refused(429, 'too-many-sign-ins', () => ({ limit: 30 }), { 'Retry-After': '41400' }) },
      sees: PROBLEM,
    },
    { name: '1-identity-no-connection', reach: identify, answers: { [session]: 'no connection' }, sees: PROBLEM },
    { name: '1-identity-server-failure', reach: identify, answers: { [session]: refused(500, 'internal-error') }, sees: PROBLEM },
  ]),
  ...[
    'session-missing',
    'session-ended',
    'session-replaced',
    'too-many-sessions',
    'wrong-passwords',
    'logged-out',
    'identity-check-required',
  ].map((from) => ({
    name: `1-identity-${from}`,
    address: `index.html?from=${from}`,
    sees: '#notices .notice',
  })),
];

const two = { certificates: [fixtures.summary(), fixtures.secondCertificate] };
const none = { certificates: [], notReissuable: fixtures.notReissuable.filter(({ reason }) => reason === 'validityTooShort') };
const everything = { ...two, notReissuable: fixtures.notReissuable, receipts: fixtures.receiptReferences };

const listStates = [
  ...statesOf('certificates.html', [
    { name: '2-certificates', answers: { [list]: ok(fixtures.certificateList()) }, sees: 'table' },
    {
      name: '2-certificates-everything',
      answers: { [list]: ok(fixtures.certificateList(everything)) },
      sees: 'ul.cards',
      modes: ['dark', 'text-200'],
      pictured: 'page',
      part: 'main',
    },
    { name: '2-certificates-none', answers: { [list]: ok(fixtures.certificateList(none)) }, sees: '.result-count' },
    { name: '2-certificates-loading', answers: { [list]: 'no answer' }, sees: '.loading' },
    { name: '2-certificates-no-connection', answers: { [list]: 'no connection' }, sees: PROBLEM },
    { name: '2-certificates-server-failure', answers: { [list]: unavailable }, sees: PROBLEM },
  ]),
  {
    name: '2-certificates-out-of-order',
    address: 'certificates.html?from=step-out-of-order',
    answers: { [list]: ok(fixtures.certificateList(two)) },
    sees: 'table',
  },
  {
    name: '2-certificates-cookie-not-kept',
    address: 'certificates.html?session-until=2026-11-23T00:35:00Z',
    answers: { [list]: refused(401, 'session-missing', () => ({ nextStep: 'identify' })) },
    sees: PROBLEM,
  },
];

const nearItsEnd = () => ({ reason: /** @type {const} */ ('validityTooShort'), notAfter: '2026-12-23T00:00:00Z' });

const atSubmission = { [certificate]: ok(fixtures.certificatePage('submission')) };

const certificateStates = statesOf('certificate.html?coupon=984940947', [
  { name: '3-certificate', answers: atSubmission, sees: '#acknowledgement', modes: ['forced-colors'], pictured: 'page', part: 'main' },
  { name: '3-certificate-pickup', answers: { [certificate]: ok(fixtures.certificatePage('pickup')) }, sees: '#acknowledgement' },
  {
    name: '3-certificate-unacknowledged',
    answers: atSubmission,
    reach: press('#next'),
    sees: PROBLEM,
    modes: ['dark', 'text-200'],
  },
  { name: '3-certificate-not-found', answers: { [certificate]: refused(404, 'not-found') }, sees: PROBLEM },
  {
    name: '3-certificate-not-reissuable',
    answers: { ...atSubmission, [selection]: refused(409, 'certificate-not-reissuable', nearItsEnd) },
    reach: acknowledge,
    sees: PROBLEM,
  },
  {
    name: '3-certificate-server-failure',
    answers: { ...atSubmission, [selection]: unavailable },
    reach: acknowledge,
    sees: PROBLEM,
  },
]);

const shown = { [application]: ok(fixtures.applicationPage('submission')) };

/** @param {import('../../../web/js/rules.js').Language} language */
function passwordRefused(language) {
  const { label } = /** @type {import('../../../web/js/rules.js').FieldRule} */ (rules.fields.applicationPassword);
  const detail = serverMessage(language, 'WrongPassword').replaceAll('{label}', label[language]);
  return { errors: [{ pointer: '/applicationPassword', code: /** @type {const} */ ('wrongPassword'), detail }] };
}

/** @param {import('../../../web/js/rules.js').Language} language */
function postalCodeRefused(language) {
  const { label } = /** @type {import('../../../web/js/rules.js').FieldRule} */ (rules.fields.postalCode);
  const message = /** @type {import('../../../web/js/rules.js').Wording} */ (rules.messages.notAPostalCode);
  const detail = message[language].replaceAll('{label}', label[language]);
  return { errors: [{ pointer: '/fields/postalCode', code: /** @type {const} */ ('notAPostalCode'), detail }] };
}

/** @param {Page} page */
async function enterBuilding(page) {
  await page.locator('#field-building').fill('本館');
}

const applicationStates = statesOf('application.html', [
  { name: '4-application', answers: shown, sees: '#application', pictured: 'page', part: 'main' },
  {
    name: '4-application-errors',
    answers: shown,
    reach: async (page) => {
      await page.locator('#field-titleDepartmentRomaji').fill('経理部');
      await page.locator('#field-emailAddress').fill('taro');
      await page.locator('#field-postalCode').fill('104');
      await page.locator('#field-prefecture').selectOption('');
      await page.locator('#field-phone').fill('');
      await page.locator('#next').click();
    },
    sees: PROBLEM,
    modes: ['dark', 'forced-colors', 'text-200'],
  },
  {
    name: '4-application-refused',
    answers: { ...shown, [saving]: refused(422, 'invalid-fields', postalCodeRefused) },
    reach: press('#next'),
    sees: '#error-postalCode',
  },
  {
    name: '4-application-restored',
    answers: shown,
    reach: async (page) => {
      await unlockDrafts(page);
      await enterBuilding(page);
      await page.waitForFunction(() => sessionStorage.getItem('cert-reissue.drafts') !== null);
      await page.reload();
    },
    sees: '#notices button',
  },
  {
    name: '4-application-changed',
    answers: {
      [application]: [
        ok(fixtures.applicationPage('submission')),
        ok(fixtures.applicationPage('submission', { building: '別館', phone: '0350002222' })),
      ],
      [saving]: refused(409, 'application-changed'),
    },
    reach: async (page) => {
      await enterBuilding(page);
      await page.locator('#next').click();
    },
    sees: '#notices button',
  },
  {
    name: '4-application-limit-reached',
    answers: {
      [application]: ok(fixtures.applicationPage('submission')),
      [saving]: refused(429, 'session-limit-reached', () => ({ nextStep: 'identify', request: 'save', limit: 20 })),
    },
    reach: async (page) => {
      await enterBuilding(page);
      await page.locator('#next').click();
    },
    sees: PROBLEM,
  },
  {
    name: '4-application-addresses',
    answers: shown,
    reach: (page) => page.locator('#field-postalCode').fill('4980000'),
    sees: '#address-offer button',
    modes: ['forced-colors', 'text-200'],
  },
  {
    name: '4-application-address-entered',
    answers: shown,
    reach: async (page) => {
      await page.locator('#field-postalCode').fill('4980000');
      await page.locator('#address-offer button').first().click();
    },
    sees: '#address-offer .hint',
  },
  {
    name: '4-application-address-unknown',
    answers: shown,
    reach: (page) => page.locator('#field-postalCode').fill('0000000'),
    sees: '#address-offer .hint',
  },
  {
    name: '4-application-email-hint',
    answers: shown,
    reach: (page) => page.locator('#field-emailAddress').fill('taro@gmial.com'),
    sees: '#email-hint button',
    modes: ['forced-colors', 'text-200'],
  },
  {
    name: '4-application-email-a-label',
    answers: shown,
    reach: async (page) => {
      await page.locator('#field-emailAddress').fill('taro@日本語.jp');
      await page.locator('#field-phone').focus();
    },
    sees: '#email-hint .hint',
  },
  { name: '4-application-saving', answers: { ...shown, [saving]: 'no answer' }, reach: press('#next'), sees: '.spinner' },
  { name: '4-application-server-failure', answers: { ...shown, [saving]: badGateway }, reach: press('#next'), sees: PROBLEM },
  { name: '4-application-no-connection', answers: { ...shown, [saving]: 'no connection' }, reach: press('#next'), sees: PROBLEM },
]);

const reviewed = { [review]: ok(fixtures.applicationPage('submission')) };

const reviewStates = statesOf('review.html', [
  { name: '5-review', answers: reviewed, sees: '#submission', modes: ['dark', 'text-200', 'print'], pictured: 'page', part: 'main' },
  {
    name: '5-review-address-changed',
    answers: { [review]: ok(fixtures.changedAddressPage(45)) },
    sees: '#hold',
    modes: ['dark', 'text-200'],
    pictured: 'page',
    part: 'main',
  },
  { name: '5-review-officer', answers: { [review]: ok(fixtures.changedAddressPage(null)) }, sees: '#hold' },
  { name: '5-review-not-held', answers: { [review]: ok(fixtures.changedAddressPage(0)) }, sees: '#hold' },
  {
    name: '5-review-password-wrong',
    answers: { [review]: ok(fixtures.changedAddressPage(2880)), [submission]: refused(422, 'invalid-fields', passwordRefused) },
    reach: async (page) => {
      await page.locator('#field-applicationPassword').fill('wrong password');
      await page.locator('#submit').click();
    },
    sees: '#error-applicationPassword',
  },
  { name: '5-review-pickup', answers: { [review]: ok(fixtures.applicationPage('pickup')) }, sees: '#submission' },
  { name: '5-review-sending', answers: { ...reviewed, [submission]: 'no answer' }, reach: press('#submit'), sees: '.spinner' },
  { name: '5-review-no-connection', answers: { ...reviewed, [submission]: 'no connection' }, reach: press('#submit'), sees: PROBLEM },
  { name: '5-review-server-failure', answers: { ...reviewed, [submission]: unavailable }, reach: press('#submit'), sees: PROBLEM },
  {
    name: '5-review-changed',
    answers: { ...reviewed, [submission]: refused(409, 'application-changed') },
    reach: press('#submit'),
    sees: PROBLEM,
  },
]);

/** Returns responses in which the session ends at these times. @param {Partial<fixtures.Schemas['SessionEnds']>} ends */
const until = (ends) => ({
  [list]: ok({ ...fixtures.certificateList(), ...fixtures.sessionStarted('choose', ends) }),
  'PUT /api/session': unavailable,
});
const soon = '2026-11-23T00:21:50Z';

const sessionStates = statesOf('certificates.html', [
  { name: 'session-warning', answers: until({ expiresAt: soon }), sees: 'dialog', modes: ['dark', 'forced-colors', 'text-200'] },
  {
    name: 'session-not-extended',
    answers: until({ expiresAt: soon }),
    reach: press('dialog .button-solid'),
    sees: 'dialog .error-text:not(:empty)',
  },
  { name: 'session-last-warning', answers: until({ expiresAt: soon, endsAt: soon }), sees: 'dialog' },
  { name: 'session-ended', answers: until({ expiresAt: fixtures.NOW }), sees: 'dialog a' },
  {
    name: 'session-too-many-sessions',
    answers: {
      ...until({}),
      'PUT /api/session': refused(401, 'session-ended', () => ({ nextStep: 'identify', reason: 'tooManySessions' })),
    },
    sees: 'dialog a',
  },
  {
    name: 'session-logged-out',
    answers: until({}),
    // Another tab has logged out.
    reach: async (page) => {
      await page.locator('.result-count').waitFor();
      await page.evaluate(() => localStorage.removeItem('cert-reissue.session'));
    },
    sees: 'dialog a',
  },
]);

export default [
  ...identityStates,
  ...listStates,
  ...certificateStates,
  ...applicationStates,
  ...reviewStates,
  ...sessionStates,
];
