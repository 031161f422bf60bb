/** Starts a browser, opens pages in each variant, and asserts the properties that every page must have. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { assertLayout } from './layout.js';
import { keep } from './pictures.js';

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

/**
 * Returns whether a variant is in the pair of variants that covers each language and each width once. This pair is enough for
 * properties that do not depend on the combination of language and width.
 *
 * @param {Language} language
 * @param {number} width
 */
export function isPair(language, width) {
  return (language === 'ja') === (width === 1280);
}

export const pairs = variants.filter(({ language, width }) => isPair(language, width));

export function launch() {
  return launchProgram(process.env.CHROMIUM ?? '/usr/bin/chromium');
}

/** Starts Chromium without windows. Pages render and run as in a window, but open in a third of the time. */
export function launchHeadlessShell() {
  return launchProgram(process.env.CHROMIUM_HEADLESS_SHELL ?? '/usr/bin/chromium-headless-shell');
}

/** The options that make pictures independent of the fonts and the display of the machine. */
const DRAWING = [
  '--disable-gpu',
  '--disable-lcd-text',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--force-device-scale-factor=1',
];

const cache = fileURLToPath(new URL('out/cache/', import.meta.url));

/** @param {string} executablePath */
function launchProgram(executablePath) {
  mkdirSync(cache, { recursive: true });
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', ...DRAWING],
    env: {
      ...process.env,
      FONTCONFIG_FILE: fileURLToPath(new URL('fonts.conf', import.meta.url)),
      XDG_CACHE_HOME: cache,
    },
  });
}

/**
 * Opens a page with empty storage. The test fails if a script fails or the content security policy blocks something.
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

/** True if a picture of every page is stored in out/ for review. */
export const keepsPictures = process.env.KEEP_PICTURES === '1';

/**
 * Stores a picture of the page in out/ if KEEP_PICTURES is 1.
 *
 * @param {Page} page
 * @param {string} folder
 * @param {string} name
 */
export async function keepPicture(page, folder, name) {
  if (!keepsPictures) return;
  keep(await takePicture(page), folder, name);
}

/**
 * Takes a picture of the whole page, or of the window if a dialog covers it. The page behind a dialog is first scrolled to its
 * top.
 *
 * @param {Page} page
 */
export async function takePicture(page) {
  const fullPage = (await page.locator('dialog').count()) === 0;
  if (!fullPage) await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  return page.screenshot({ fullPage, animations: 'disabled' });
}

/**
 * Asserts the properties that a page must have in every state.
 *
 * @param {Page} page
 * @param {string} name of its picture
 * @param {Variant} variant
 */
export async function inspect(page, name, { language, width }) {
  await keepPicture(page, `${language}-${width}`, name);
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  await assertLayout(page);
  // The document is the same at both widths and, except for its words, in both languages.
  if (isPair(language, width)) await assertAccessible(page);
}

/**
 * Asserts that axe reports no violation.
 *
 * @param {Page} page
 * @param {object} [options] of axe
 */
export async function assertAccessible(page, options = { rules: { 'target-size': { enabled: true } } }) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  // By default axe does not check the size of targets, which WCAG 2.2 AA (2.5.8) requires. To save time, only violations are
  // described, and style sheets are not loaded again for rules that do not apply here.
  const violations = await page.evaluate(
    `axe.run(${JSON.stringify({ resultTypes: ['violations'], preload: false, ...options })}).then(({ violations }) =>
      violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))`,
  );
  assert.deepEqual(violations, [], `axe on ${page.url()}`);
}

/** The rules of axe whose result depends on style sheets. The other rules have checked the same document in its usual look. */
const RULES_OF_STYLE = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** Asserts that axe reports no violation for colours and sizes. @param {Page} page */
export async function assertColoursAndSizesAccessible(page) {
  await assertAccessible(page, { runOnly: { type: 'rule', values: RULES_OF_STYLE } });
}

/** @param {Page} page */
export async function summaryHasFocus(page) {
  await page.locator('#problem [role=alert]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert');
  assert.match(await page.title(), /^(エラー|Error): /);
}
