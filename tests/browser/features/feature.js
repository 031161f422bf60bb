/** Runs the test of a wizard feature in both languages and at both screen widths. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchHeadlessShell, openPage, pairs } from '../browser.js';
import { catalogue } from '../site.js';
import { baseURL } from '../stack.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('../browser.js').Variant} Variant
 * @typedef {import('../../../web/js/i18n.js').Key} Key
 * @typedef {(key: Key, parameters?: Record<string, string | number>) => string} Say returns a text of the pages
 * @typedef {(moment: Date) => string} DateText returns a date in the form of the pages
 * @typedef {{ page: Page, variant: Variant, say: Say, date: DateText }} Visit
 */

const { texts } = await catalogue();

/** @type {import('../browser.js').Browser} */
let browser;

before(async () => {
  browser = await launchHeadlessShell();
});
after(() => browser.close());

/**
 * @param {number} number of the feature
 * @param {string} words
 * @param {(visit: Visit) => Promise<void>} check
 * @param {{ stack?: string, variants?: Variant[] }} [options] the address of another stack, and variants other than the pairs
 */
export function feature(number, words, check, { stack = baseURL, variants = pairs } = {}) {
  for (const variant of variants) {
    const { language, width } = variant;
    test(`feature ${number}: ${words} (${language}, ${width} px)`, () => visit(variant, check, stack));
  }
}

/**
 * @param {Variant} variant
 * @param {(visit: Visit) => Promise<void>} check
 * @param {string} [stack]
 */
export async function visit(variant, check, stack = baseURL) {
  const page = await openPage(browser, variant, stack);
  /** @type {string[]} */
  const faults = [];
  page.context().on('weberror', (fault) => faults.push(String(fault.error())));
  page.context().on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  try {
    await check({
      page,
      variant,
      say: (key, parameters = {}) => said(variant, key, parameters),
      date: (moment) => days[variant.language].format(moment),
    });
    assert.deepEqual(faults, []);
  } finally {
    await page.context().close();
  }
}

const inJapan = { timeZone: 'Asia/Tokyo' };
const days = {
  ja: new Intl.DateTimeFormat('ja-JP', { year: 'numeric', month: '2-digit', day: '2-digit', ...inJapan }),
  en: new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'long', day: 'numeric', ...inJapan }),
};

/** @param {Variant} variant @param {string} key @param {Record<string, string | number>} parameters */
function said({ language }, key, parameters) {
  const text = texts[language][key];
  if (text === undefined) throw new RangeError(`the catalogue has no ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}

/** Returns the visible text of all elements that match a selector. @param {Page} page @param {string} selector */
export async function textIn(page, selector) {
  return (await page.locator(selector).allInnerTexts()).join('\n');
}
