/** Checks that a warning precedes the end of a session, that no input is lost, and that each page redirects to the right page. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

import { choose, couponOf, freshAccounts, identify, save } from '../stack.js';
import { feature } from './feature.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('../stack.js').Account} Account
 * @typedef {import('./feature.js').Say} Say
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The time from the warning to the end of the session, as in session.js. */
const WARNING_BEFORE = 2 * MINUTE;

/** Returns the time until the session ends, by the clock of the page, in milliseconds. @param {Page} page @returns {Promise<number>} */
function timeLeft(page) {
  return page.evaluate(() => JSON.parse(localStorage.getItem('cert-reissue.session') ?? '{}').expiresAt - Date.now());
}

feature(3, 'a warning before the session ends, extendable in place; a draft survives a new identity check', async ({ page, say }) => {
  const { one } = await freshAccounts();
  await page.clock.install();
  await identify(page, one);
  await choose(page, couponOf(one));
  const other = await page.context().newPage();
  await other.goto('/application.html');
  await other.locator('#application').waitFor();
  const tabs = [page, other];

  // Responses contain the server's time in whole seconds.
  const idleLimit = await timeLeft(page);
  await page.clock.fastForward(idleLimit - WARNING_BEFORE - 5 * SECOND);
  for (const tab of tabs) assert.equal(await tab.locator('dialog').count(), 0);
  await page.clock.fastForward(7 * SECOND);
  for (const tab of tabs) await tab.getByRole('heading', { name: say('session.warningHeading') }).waitFor();
  await page.locator('dialog button').first().click();
  for (const tab of tabs) await tab.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.locator('#status').textContent(), say('session.extended'));

  // Typing also counts as activity.
  await page.clock.fastForward(3 * MINUTE);
  await page.locator('#field-building').fill('中央ビル3F');
  while ((await timeLeft(page)) < idleLimit - MINUTE) await setTimeout(50);
  await page.clock.fastForward(idleLimit - WARNING_BEFORE - 10 * SECOND);
  for (const tab of tabs) assert.equal(await tab.locator('dialog').count(), 0);

  await page.clock.fastForward(WARNING_BEFORE + 15 * SECOND);
  for (const tab of tabs) await tab.getByRole('heading', { name: say('session.endedHeading') }).waitFor();
  await page.context().clearCookies();
  await page.locator('dialog a').click();
  await page.waitForURL('**/index.html?from=session-ended');
  await page.getByText(say('from.session-ended')).waitFor();
  await identify(page, one);
  await other.waitForURL('**/certificates.html?from=step-out-of-order');
  await choose(page, couponOf(one));
  await page.getByText(say('application.restored')).waitFor();
  assert.equal(await page.locator('#field-building').inputValue(), '中央ビル3F');

  // If two tabs save different values, neither tab silently overwrites the other tab's values.
  await other.goto('/application.html');
  await other.locator('#application').waitFor();
  await other.locator('#field-building').fill('別館');
  await save(other);
  await page.locator('#next').click();
  await page.getByText(say('application.changedHeading')).waitFor();
  assert.equal(await page.locator('#field-building').inputValue(), '別館');
  await page.locator('#notices button').click();
  assert.equal(await page.locator('#field-building').inputValue(), '中央ビル3F');
  await save(page);
  await page.getByText('中央ビル3F').waitFor();
});

const pages = /** @type {const} */ (['index', 'certificates', 'certificate', 'application', 'review', 'receipt']);

/** A receipt number that does not exist. */
const NO_RECEIPT = '7QX2-9M4K-TB5C';

/**
 * The redirect target of each wizard page in each session state, and the reason. Null means that the page does not
 * redirect.
 *
 * @typedef {(typeof pages)[number]} Name
 * @typedef {{ to: Name, from: 'session-missing' | 'logged-out' | 'session-replaced' | 'step-out-of-order' | 'already-submitted' }} Elsewhere
 * @type {Record<'nobody' | 'identified' | 'selected' | 'confirmed' | 'submitted' | 'loggedOut' | 'replaced', Record<Name, Elsewhere | null>>}
 */
const landing = {
  nobody: toIdentityCheck('session-missing'),
  identified: {
    ...shown(),
    application: { to: 'certificates', from: 'step-out-of-order' },
    review: { to: 'certificates', from: 'step-out-of-order' },
  },
  selected: { ...shown(), review: { to: 'application', from: 'step-out-of-order' } },
  confirmed: shown(),
  submitted: {
    ...shown(),
    certificates: { to: 'receipt', from: 'already-submitted' },
    certificate: { to: 'receipt', from: 'already-submitted' },
    application: { to: 'receipt', from: 'already-submitted' },
    review: { to: 'receipt', from: 'already-submitted' },
  },
  loggedOut: toIdentityCheck('logged-out'),
  replaced: toIdentityCheck('session-replaced'),
};

/** @returns {Record<Name, null>} */
function shown() {
  return { index: null, certificates: null, certificate: null, application: null, review: null, receipt: null };
}

/** @param {'session-missing' | 'logged-out' | 'session-replaced'} from @returns {Record<Name, Elsewhere | null>} */
function toIdentityCheck(from) {
  const elsewhere = { to: /** @type {const} */ ('index'), from };
  const all = { certificates: elsewhere, certificate: elsewhere, application: elsewhere, review: elsewhere };
  return { index: null, ...all, receipt: elsewhere };
}

/** For each page, a selector that matches when the content is visible. @type {Record<Name, string>} */
const ready = {
  index: '#identity',
  certificates: '.result-count',
  certificate: '#acknowledgement',
  application: '#application',
  review: '#submission',
  receipt: '.timeline',
};

feature(4, 'the server enforces the steps; a deep link lands on the right step and says why', async ({ page, say }) => {
  const { one } = await freshAccounts();
  const coupon = couponOf(one);
  const check = (/** @type {keyof typeof landing} */ state, receipt = NO_RECEIPT) => everyPage(page, say, state, { coupon, receipt });
  await check('nobody');
  await page.goto('/index.html');
  await identify(page, one);
  await check('identified');
  await page.goto('/certificates.html');
  await choose(page, coupon);
  await check('selected');
  await page.goto('/application.html');
  await page.locator('#application').waitFor();
  await save(page);
  await check('confirmed');
  await page.goto('/review.html');
  await page.locator('#submit').click();
  await page.waitForURL('**/receipt.html?number=*');
  await check('submitted', new URL(page.url()).searchParams.get('number') ?? '');
  const cookies = await page.context().cookies();
  assert.ok(cookies.length > 0);
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' } }));
  await page.context().addCookies(cookies);
  await check('loggedOut');

  await page.goto('/index.html');
  await identify(page, one);
  const replaced = await page.context().cookies();
  await page.goto('/index.html');
  await identify(page, one);
  await page.context().addCookies(replaced);
  await check('replaced');
});

/**
 * @param {Page} page
 * @param {Say} say
 * @param {keyof typeof landing} state
 * @param {{ coupon: string, receipt: string }} about
 */
async function everyPage(page, say, state, { coupon, receipt }) {
  for (const name of pages) {
    const query = { certificate: `?coupon=${coupon}`, receipt: `?number=${receipt}` }[/** @type {string} */ (name)] ?? '';
    await page.goto(`/${name}.html${query}`);
    const elsewhere = landing[state][name];
    const told = `${name} for a session that is ${state}`;
    if (elsewhere) {
      await page.waitForURL((url) => url.searchParams.get('from') === elsewhere.from);
      assert.equal(new URL(page.url()).pathname, `/${elsewhere.to}.html`, told);
      await page.locator(ready[elsewhere.to]).waitFor();
      assert.equal(await page.locator('#notices').innerText(), say(`from.${elsewhere.from}`), told);
    } else if (name === 'receipt' && receipt === NO_RECEIPT) {
      await page.locator('#problem a[href="certificates.html"]').waitFor();
    } else {
      await page.locator(ready[name]).waitFor();
      assert.equal(new URL(page.url()).pathname, `/${name}.html`, told);
      assert.equal(await page.locator('#notices').innerText(), '', told);
    }
  }
}
