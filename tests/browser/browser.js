/** A browser, its pages in every variant, and what must hold for each of them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Browser} Browser
 * @typedef {import('../../web/js/rules.js').Language} Language
 * @typedef {{ language: Language, width: number, colorScheme?: 'light' | 'dark' }} Variant
 */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Variant[]} */
export const variants = [
  { language: 'ja', width: 1280 },
  { language: 'ja', width: 320 },
  { language: 'en', width: 1280 },
  { language: 'en', width: 320 },
];

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
 * @param {string} baseURL
 */
export async function openPage(browser, { language, width, colorScheme = 'light' }, baseURL) {
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

/** @param {Page} page */
export async function summaryHasFocus(page) {
  await page.locator('#problem [role=alert]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert');
  assert.match(await page.title(), /^(エラー|Error): /);
}
