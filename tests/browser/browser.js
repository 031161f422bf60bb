/** Starts a browser, opens pages in each variant, and asserts the properties that every page must have. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { assertLayout } from './layout.js';
import { keep } from './pictures.js';
import { catalogue, languages } from './site.js';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Browser} Browser
 * @typedef {import('../../web/js/rules.js').Language} Language
 * @typedef {{ language: Language, width: number, colorScheme?: 'light' | 'dark' }} Variant
 */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { texts } = await catalogue();
const errorMarks = languages.map((language) => texts[language]['site.errorTitle']?.replace('{title}', ''));

/** Matches the prefix that marks an error in a page title. */
export const ERROR_MARK = new RegExp(`^(${errorMarks.join('|')})`);

/** @type {Variant[]} */
export const variants = languages.flatMap((language) => [1280, 320].map((width) => ({ language, width })));

/**
 * Returns whether a variant belongs to the pair of variants that covers each language and each width once. The pair is
 * sufficient for properties that do not depend on the combination of language and width.
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

/**
 * Starts Chromium's headless shell. In this shell, pages render and run as in a window, but open three times as fast.
 */
export function launchHeadlessShell() {
  return launchProgram(process.env.CHROMIUM_HEADLESS_SHELL ?? '/usr/bin/chromium-headless-shell');
}

/** Options that make screenshots independent of the machine's fonts and display. */
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
 * Opens a page with empty storage. The test fails if a script throws an error or the content security policy blocks a
 * request.
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

/** True if the tests save a screenshot of every page in out/ for review. */
export const keepsPictures = process.env.KEEP_PICTURES === '1';

/**
 * Saves a screenshot of the page in out/ if KEEP_PICTURES is 1.
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
 * Takes a screenshot of the whole page, or only of the viewport if a dialog is open. If a dialog is open, the page is
 * first scrolled to the top.
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
 * @param {string} name of the screenshot
 * @param {Variant} variant
 */
export async function inspect(page, name, { language, width }) {
  await keepPicture(page, `${language}-${width}`, name);
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  await assertLayout(page);
  // The document is the same at both widths, and differs between the languages only in its text.
  if (isPair(language, width)) await assertAccessible(page);
}

/**
 * Asserts that axe reports no violations.
 *
 * @param {Page} page
 * @param {object} [options] of axe
 */
export async function assertAccessible(page, options = { rules: { 'target-size': { enabled: true } } }) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  // By default, axe does not check target sizes, for which WCAG 2.2 AA (2.5.8) defines a minimum. To save time, axe
  // describes only violations and does not preload style sheets, because no rule needs them here.
  const violations = await page.evaluate(
    `axe.run(${JSON.stringify({ resultTypes: ['violations'], preload: false, ...options })}).then(({ violations }) =>
      violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))`,
  );
  assert.deepEqual(violations, [], `axe on ${page.url()}`);
}

/**
 * The axe rules whose results depend on style sheets. The other axe rules have already checked the same document in the
 * default mode.
 */
const RULES_OF_STYLE = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** Asserts that axe reports no violations of the rules for colours and sizes. @param {Page} page */
export async function assertColoursAndSizesAccessible(page) {
  await assertAccessible(page, { runOnly: { type: 'rule', values: RULES_OF_STYLE } });
}

/** @param {Page} page */
export async function summaryHasFocus(page) {
  await page.locator('#problem [role=alert]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'alert');
  assert.match(await page.title(), ERROR_MARK);
}
