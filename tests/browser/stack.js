/** The running stack under test, and the way through its wizard. */
import { openPage } from './browser.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Browser} Browser
 * @typedef {import('./browser.js').Variant} Variant
 * @typedef {{ description: string, emailAddress: string, applicationPassword: string, certificateCode: string,
 *   couponNumbers: string[], certificates: string[] }} Account
 * @typedef {{ to: string, subject: string, text: string, html: string, sentAt: string }} Mail
 */

const address = process.env.BASE_URL;
if (!address) throw new Error('BASE_URL must name the running stack, for example http://127.0.0.1:8080');

export const baseURL = address;

/** @param {Browser} browser @param {Variant} variant */
export const newPage = (browser, variant) => openPage(browser, variant, baseURL);

/** The one whose certificate can be reissued. */
export const activeAccount = () => account(({ description }) => description === 'an active certificate');

/** The one whose two certificates can be reissued: for a second reissue in the same stack. */
export const twoCertificatesAccount = () => account(({ couponNumbers }) => couponNumbers.length === 2);

/** @param {(account: Account) => boolean} fits */
async function account(fits) {
  /** @type {{ accounts: Account[] }} */
  const { accounts } = await (await fetch(new URL('/local/demo', baseURL))).json();
  const found = accounts.find(fits);
  if (!found) throw new Error('the demonstration has no such account');
  return found;
}

/** @param {Page} page @param {string} to */
export async function mailTo(page, to) {
  /** @param {{ messages: Mail[] }} outbox */
  const toRecipient = ({ messages }) => messages.find((message) => message.to === to);
  const found = toRecipient(await answerOf(page, '/local/outbox', (outbox) => toRecipient(outbox) !== undefined));
  return /** @type {Mail} */ (found);
}

const LONGEST_WAIT = 60_000;

/**
 * Asks the stack, with the page's session, until the answer is what is waited for.
 *
 * @param {Page} page
 * @param {string} path
 * @param {(answer: any) => boolean} isAwaited
 */
export async function answerOf(page, path, isAwaited) {
  const end = Date.now() + LONGEST_WAIT;
  for (;;) {
    const answer = await page.evaluate(
      async (asked) => (await fetch(asked, { headers: { Accept: 'application/json' } })).json(),
      path,
    );
    if (isAwaited(answer)) return answer;
    if (Date.now() > end) throw new Error(`${path} still answers ${JSON.stringify(answer)}`);
  }
}

/** @param {Page} page @param {Account} account */
export async function identify(page, account) {
  await page.locator('#field-emailAddress').fill(account.emailAddress);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#field-certificateCode').fill(account.certificateCode);
  await page.locator('#submit').click();
  await page.waitForURL('**/certificates.html*');
  await page.locator('.result-count').waitFor();
}

/** Steps 2 and 3. @param {Page} page @param {string} couponNumber */
export async function choose(page, couponNumber) {
  await page.getByRole('link', { name: couponNumber, exact: true }).click();
  await page.locator('#field-acknowledged').check();
  await page.locator('#next').click();
  await page.waitForURL('**/application.html*');
  await page.locator('#application').waitFor();
}

/** Step 4. @param {Page} page */
export async function save(page) {
  await page.locator('#next').click();
  await page.waitForURL('**/review.html');
  await page.locator('#submission').waitFor();
}
