/** Every page in every state: nothing for axe to find, no scrolling sideways, and the look of its reference. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { assertAccessible, assertFits, launchHeadlessShell } from './browser.js';
import { NOW, sessionStarted } from './fixtures.js';
import { compare, keep, referenceNames, removeReference } from './pictures.js';
import { ok } from './states/answers.js';
import pickUp from './states/pick-up.js';
import receipt from './states/receipt.js';
import site from './states/site.js';
import wizard from './states/wizard.js';
import { serveSite } from './static-site.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./states/answers.js').Plan} Plan
 * @typedef {import('./states/state.js').State} State
 * @typedef {import('./states/state.js').Mode} Mode
 * @typedef {{ language: import('../../web/js/rules.js').Language, widths: number[], mode?: Mode }} Look
 */

const states = [...wizard, ...receipt, ...pickUp, ...site];

/** How every state is looked at. @type {Look[]} */
const everyLook = [
  { language: 'ja', widths: [1280, 320] },
  { language: 'en', widths: [1280, 320] },
];

/** How the states are looked at that name the mode. @type {Record<Mode, Look>} */
const lookOfMode = {
  dark: { language: 'ja', widths: [1280], mode: 'dark' },
  'forced-colors': { language: 'ja', widths: [1280], mode: 'forced-colors' },
  'text-200': { language: 'en', widths: [1280, 320], mode: 'text-200' },
  print: { language: 'ja', widths: [1280], mode: 'print' },
  'no-script': { language: 'ja', widths: [320], mode: 'no-script' },
};

/** @type {import('./browser.js').Browser} */
let browser;

before(async () => {
  browser = await launchHeadlessShell();
});
after(() => browser.close());

// Two at a time: while the one page waits for its pictures, the other one is drawn.
describe('every state is sound and looks as it did', { concurrency: 2 }, () => {
  for (const state of states) {
    for (const look of looksAt(state)) {
      test(`${state.name} in ${look.language}${look.mode ? `, ${look.mode}` : ''}`, { timeout: 60_000 }, () => inspect(state, look));
    }
  }
});

test('every reference belongs to a state', () => {
  const wanted = states.flatMap((state) =>
    looksAt(state).flatMap((look) => look.widths.filter((width) => isCompared(look, width)).map((width) => `${folderOf(look, width)}/${state.name}.webp`)),
  );
  assert.deepEqual([...new Set(wanted)].length, wanted.length, 'two states have the same name');
  const left = referenceNames().filter((name) => !wanted.includes(name));
  if (process.env.UPDATE_REFERENCES === '1') left.forEach(removeReference);
  else assert.deepEqual(left, []);
});

/** @param {State} state */
function looksAt({ modes = [] }) {
  return [...everyLook, ...modes.map((mode) => lookOfMode[mode])];
}

/** @param {Look} look @param {number} width */
function folderOf({ language, mode }, width) {
  return [language, width, ...(mode ? [mode] : [])].join('-');
}

/** @param {State} state @param {Look} look */
async function inspect(state, look) {
  /** @type {string[]} */
  const faults = [];
  const { baseURL, stop } = await serveSite(answeringBy(state, look.language, faults));
  const page = await open(state, look, baseURL);
  watch(page, faults);
  await reach(page, state, look);
  for (const width of look.widths) {
    await page.setViewportSize({ width, height: 800 });
    // What the pointer is over looks different.
    await page.mouse.move(0, 0);
    await assertFits(page, width);
    if (look.mode !== 'no-script') await assertTitle(page, look.language);
    if (isForAxe(look, width)) await assertAccessible(page);
    const picture = await pictureOf(page, state.whole ?? false);
    keep(picture, folderOf(look, width), state.name);
    if (isCompared(look, width)) await compare(picture, folderOf(look, width), state.name, browser.version());
  }
  await page.context().close();
  stop();
  assert.deepEqual(faults, []);
}

/** @param {Page} page @param {boolean} whole */
async function pictureOf(page, whole) {
  // A dialog covers the window, not the whole page.
  if ((await page.locator('dialog').count()) > 0) return page.screenshot({ animations: 'disabled' });
  return whole
    ? page.screenshot({ fullPage: true, animations: 'disabled' })
    : page.locator('main').screenshot({ animations: 'disabled' });
}

/**
 * With each language at one of the widths, every rule of the layout and every text is in a reference; with all four, the
 * references would be twice as large.
 *
 * @param {Look} look
 * @param {number} width
 */
function isCompared({ language, mode }, width) {
  return mode !== undefined || (language === 'ja') === (width === 1280);
}

/**
 * The document is the same at both widths and, but for its words, in both languages; so axe looks at either width in
 * one language. It needs scripts, and knows nothing of paper.
 *
 * @param {Look} look
 * @param {number} width
 */
function isForAxe(look, width) {
  return isCompared(look, width) && look.mode !== 'no-script' && look.mode !== 'print';
}

/** A page of a new person. @param {State} state @param {Look} look @param {string} baseURL */
async function open({ prepare }, { mode, widths }, baseURL) {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: widths[0] ?? 1280, height: 800 },
    colorScheme: mode === 'dark' ? 'dark' : 'light',
    forcedColors: mode === 'forced-colors' ? 'active' : 'none',
    javaScriptEnabled: mode !== 'no-script',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await prepare?.(page);
  return page;
}

/** @param {Page} page @param {State} state @param {Look} look */
async function reach(page, state, { language, mode }) {
  await page.goto(`/${state.address}${state.address.includes('?') ? '&' : '?'}lang=${language}`);
  if (mode === 'no-script') {
    await page.locator('noscript').waitFor();
    return;
  }
  await state.reach?.(page);
  await page.locator(state.sees).first().waitFor();
  if (mode === 'print') await page.emulateMedia({ media: 'print' });
  // Every size is in rem. The browser's own setting would do the same, but pictures forget what the developer tools set.
  if (mode === 'text-200') await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
}

/** No script may fail, and nothing may be stopped by the content security policy. @param {Page} page @param {string[]} faults */
function watch(page, faults) {
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // An answer that is planned to fail is told there, too.
    const planned = message.text().startsWith('Failed to load resource');
    if (!planned && ['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
}

/**
 * @param {State} state
 * @param {import('../../web/js/rules.js').Language} language
 * @param {string[]} faults
 * @returns {import('./static-site.js').Api}
 */
function answeringBy({ answers }, language, faults) {
  const plans = { 'PUT /api/session': ok(sessionStarted('choose')), ...answers };
  /** @type {Record<string, Plan[]>} */
  const left = Object.fromEntries(Object.entries(plans).map(([call, plan]) => [call, [plan].flat()]));
  return async (method, path) => {
    const call = `${method} ${path}`;
    const [next, ...later] = left[call] ?? [];
    if (later.length > 0) left[call] = later;
    if (next === undefined) faults.push(`no answer is planned for ${call}`);
    return typeof next === 'function' ? next(language) : (next ?? 'no connection');
  };
}

/** The page's language; its heading and the site's name, and whether something is wrong. @param {Page} page @param {string} language */
async function assertTitle(page, language) {
  const { lang, title, heading, site, wrong } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    heading: document.querySelector('h1')?.textContent,
    site: document.querySelector('.site-name')?.textContent,
    wrong: document.querySelector('#problem')?.hasChildNodes(),
  }));
  assert.equal(lang, language);
  assert.equal(title.replace(/^(エラー|Error): /, ''), `${heading} | ${site}`);
  assert.equal(/^(エラー|Error): /.test(title), wrong);
}
