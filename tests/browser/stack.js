/** The running stack under test, and a browser on it. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Browser} Browser
 * @typedef {import('../../web/js/rules.js').Language} Language
 * @typedef {{ description: string, emailAddress: string, applicationPassword: string, certificateCode: string,
 *   couponNumbers: string[] }} Account
 * @typedef {{ to: string, subject: string, text: string, html: string, sentAt: string }} Mail
 * @typedef {{ language: Language, width: number, colorScheme?: 'light' | 'dark' }} Variant
 */

const address = process.env.BASE_URL;
if (!address) throw new Error('BASE_URL must name the running stack, for example http://127.0.0.1:8080');

export const baseURL = address;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Variant[]} */
export const variants = [
  { language: 'ja', width: 1280 },
  { language: 'ja', width: 320 },
  { language: 'en', width: 1280 },
  { language: 'en', width: 320 },
];

/** @returns {Promise<Account>} the one whose certificate can be reissued */
export async function activeAccount() {
  const { accounts } = await (await fetch(new URL('/local/demo', baseURL))).json();
  return accounts[0];
}

/** @param {Page} page @param {string} to */
export async function mailTo(page, to) {
  const found = await page.waitForFunction(async (recipient) => {
    const response = await fetch('/local/outbox', { headers: { Accept: 'application/json' } });
    const { messages } = await response.json();
    return messages.find((/** @type {Mail} */ message) => message.to === recipient);
  }, to);
  return /** @type {Mail} */ (await found.jsonValue());
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/**
 * A page of a new person, who fails the test when a script fails or the content security policy stops something.
 *
 * @param {Browser} browser
 * @param {Variant} variant
 */
export async function newPage(browser, { language, width, colorScheme = 'light' }) {
  const context = await browser.newContext({ baseURL, colorScheme, viewport: { width, height: 800 } });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|not found in/.test(message.text())) faults.push(message.text());
  });
  page.on('close', () => assert.deepEqual(faults, []));
  await page.goto(`/index.html?lang=${language}`);
  return page;
}

/**
 * What must hold for a page in every state: nothing for axe to find, no scrolling sideways. Leaves a screenshot.
 *
 * @param {Page} page
 * @param {string} name
 * @param {Variant} variant
 */
export async function inspect(page, name, { language, width, colorScheme = 'light' }) {
  const folder = new URL(`out/${language}-${width}${colorScheme === 'dark' ? '-dark' : ''}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  // A dialog covers the window, not the whole page.
  const fullPage = (await page.locator('dialog').count()) === 0;
  await page.screenshot({ path: new URL(`${name}.png`, folder).pathname, fullPage, animations: 'disabled' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    `${name} scrolls sideways at ${width} px`,
  );
  await page.evaluate(axe);
  const violations = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))`,
  );
  assert.deepEqual(violations, [], `axe on ${name} in ${language} at ${width} px`);
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
