/** Provides functions that use the running stack under test and complete the steps of its wizard. */
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

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

/** The URL of a stack that revokes at the pick-up, for tests that depend on this timing. */
export const pickUpTimingURL = process.env.PICKUP_TIMING_URL;

/** @param {Browser} browser @param {Variant} variant */
export const newPage = (browser, variant) => openPage(browser, variant, baseURL);

/** Returns the demonstration account with one certificate that can be reissued. */
export const activeAccount = () => account(hasActiveCertificate);

/** Returns the demonstration account with two certificates that can be reissued, for a second reissue on the same stack. */
export const twoCertificatesAccount = () => account(hasTwoCertificates);

let demonstrations = 0;

/**
 * Creates two accounts that no other test uses. The first account has one certificate. The second account has two
 * certificates, and a certificate code from an older system.
 *
 * @param {string} [stack] its address
 */
export async function freshAccounts(stack = baseURL) {
  demonstrations += 1;
  const couponPrefix = `${process.pid % 100_000}${String(demonstrations).padStart(2, '0')}`;
  const answer = await fetch(new URL('/local/demo', stack), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ domain: `t${couponPrefix}.example.co.jp`, couponPrefix }),
  });
  /** @type {{ accounts: Account[] }} */
  const { accounts } = await answer.json();
  return { one: first(accounts, hasActiveCertificate), two: first(accounts, hasTwoCertificates) };
}

/** @param {Account} account */
const hasActiveCertificate = ({ description }) => description === 'an active certificate';

/** @param {Account} account */
const hasTwoCertificates = ({ couponNumbers }) => couponNumbers.length === 2;

/** @param {Account} account @param {number} [index] */
export function couponOf({ couponNumbers }, index = 0) {
  return /** @type {string} */ (couponNumbers[index]);
}

/** @param {(account: Account) => boolean} fits */
async function account(fits) {
  /** @type {{ accounts: Account[] }} */
  const { accounts } = await (await fetch(new URL('/local/demo', baseURL))).json();
  return first(accounts, fits);
}

/** @param {Account[]} accounts @param {(account: Account) => boolean} fits */
function first(accounts, fits) {
  const found = accounts.find(fits);
  if (!found) throw new Error('the demonstration has no such account');
  return found;
}

const OUTBOX = '/local/outbox';

/** @param {Page} page @param {string} to @returns {Promise<Mail>} */
export async function mailTo(page, to) {
  return mailIn(await answerOf(page, OUTBOX, (outbox) => mailIn(outbox, to) !== undefined), to);
}

/**
 * Returns the email to an address without opening a page.
 *
 * @param {string} stack its address
 * @param {string} to
 * @returns {Promise<Mail>}
 */
export async function mailAt(stack, to) {
  const ask = async () => (await fetch(new URL(OUTBOX, stack), { headers: { Accept: 'application/json' } })).json();
  return mailIn(await untilAnswered(OUTBOX, ask, (outbox) => mailIn(outbox, to) !== undefined), to);
}

/** @param {{ messages: Mail[] }} outbox @param {string} to */
function mailIn({ messages }, to) {
  return /** @type {Mail} */ (messages.find((message) => message.to === to));
}

const LONGEST_WAIT = 60_000;

/** The pause between two requests, in milliseconds. Without a pause, the requests would slow down the stack. */
const PAUSE = 100;

/**
 * Repeats a request in the page's session until `isAwaited` accepts the response.
 *
 * @param {Page} page
 * @param {string} path
 * @param {(answer: any) => boolean} isAwaited
 */
export function answerOf(page, path, isAwaited) {
  const ask = () =>
    page.evaluate(async (asked) => (await fetch(asked, { headers: { Accept: 'application/json' } })).json(), path);
  return untilAnswered(path, ask, isAwaited);
}

/**
 * @param {string} path
 * @param {() => Promise<any>} ask
 * @param {(answer: any) => boolean} isAwaited
 */
async function untilAnswered(path, ask, isAwaited) {
  const end = Date.now() + LONGEST_WAIT;
  for (;;) {
    const answer = await ask();
    if (isAwaited(answer)) return answer;
    if (Date.now() > end) throw new Error(`${path} still answers ${JSON.stringify(answer)}`);
    await setTimeout(PAUSE);
  }
}

/**
 * Waits until the second that contains the given time has passed. An identity check counts as newer than an acceptance
 * only if it happens in a later second.
 *
 * @param {string} time RFC 3339
 */
export async function secondIsOver(time) {
  await untilAnswered('the clock', async () => Date.now(), (now) => now >= Date.parse(time) + 1000);
}

/** @param {Page} page @param {Account} account */
export async function sendCredentials(page, account) {
  await page.locator('#field-emailAddress').fill(account.emailAddress);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#field-certificateCode').fill(account.certificateCode);
  await page.locator('#submit').click();
}

/** Completes step 1 and waits for step 2. @param {Page} page @param {Account} account */
export async function identify(page, account) {
  await sendCredentials(page, account);
  await page.waitForURL('**/certificates.html*');
  await page.locator('.result-count').waitFor();
}

/** Completes steps 2 and 3. @param {Page} page @param {string} couponNumber */
export async function choose(page, couponNumber) {
  await page.getByRole('link', { name: couponNumber, exact: true }).click();
  await page.locator('#acknowledgement').waitFor();
  await page.locator('#field-acknowledged').check();
  await page.locator('#next').click();
  await page.waitForURL('**/application.html*');
  await page.locator('#application').waitFor();
}

/** Completes step 4. @param {Page} page */
export async function save(page) {
  await page.locator('#next').click();
  await page.waitForURL('**/review.html');
  await page.locator('#submission').waitFor();
}

/** Completes step 5. @param {Page} page @returns the receipt number */
export async function submit(page) {
  await page.locator('#submit').click();
  await page.waitForURL('**/receipt.html?number=*');
  await page.locator('.timeline').waitFor();
  return new URL(page.url()).searchParams.get('number') ?? '';
}

/**
 * Completes steps 1 to 5 with the recorded values.
 *
 * @param {Page} page
 * @param {Account} account
 * @param {number} [index] of the certificate
 */
export async function reissue(page, account, index) {
  await identify(page, account);
  await choose(page, couponOf(account, index));
  await save(page);
  return submit(page);
}

/** @param {string} text of an email @returns its certificate code */
export function codeIn(text) {
  const [code] = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/.exec(text) ?? [];
  if (!code) throw new Error('there is no certificate code in the mail');
  return code;
}

let addresses = 0;

/**
 * Sends the identity checks of a page from a separate client address. Failures slow down all checks from the same
 * address, including checks by other tests.
 *
 * @param {Page} page
 * @returns the responses of the stack, which are added as they arrive
 */
export async function fromOwnAddress(page) {
  addresses += 1;
  const localAddress = `127.${process.pid % 250}.${addresses}.2`;
  /** @type {{ status: number, headers: Record<string, string>, body: Buffer }[]} */
  const answers = [];
  await page.route('**/api/session', async (route) => {
    const asked = route.request();
    const answer = await sent(asked.url(), asked.method(), { ...asked.headers(), 'sec-fetch-site': 'same-origin' }, asked.postDataBuffer(), localAddress);
    answers.push(answer);
    await route.fulfill(answer);
  });
  return answers;
}

/**
 * @param {string} url
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {Buffer | null} body
 * @param {string} localAddress
 * @returns {Promise<{ status: number, headers: Record<string, string>, body: Buffer }>}
 */
function sent(url, method, headers, body, localAddress) {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, localAddress, agent: new Agent() }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const named = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join('\n')]);
      resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(named), body: Buffer.concat(chunks) });
    });
    asking.on('error', reject);
    asking.end(body ?? undefined);
  });
}
