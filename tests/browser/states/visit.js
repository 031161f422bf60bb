/**
 * Opens the states of all pages on a single server. A header from the browser context identifies the visit and its
 * planned responses.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { launchHeadlessShell } from '../browser.js';
import { NOW, sessionStarted } from '../fixtures.js';
import { serveSite } from '../static-site.js';
import { ok } from './answers.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('../static-site.js').Api} Api
 * @typedef {import('./answers.js').Plan} Plan
 * @typedef {import('./looks.js').Look} Look
 * @typedef {import('./state.js').State} State
 * @typedef {{ answer: Api, faults: string[] }} Visit
 * @typedef {{ page: Page, faults: string[] }} Window
 */

const VISIT = 'x-visit';
const LOADING = '.loading';

/** @type {import('../browser.js').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;

before(async () => {
  browser = await launchHeadlessShell();
  site = await serveSite((method, path, body, headers) => visitOf(headers).answer(method, path, body, headers), missing);
});
after(async () => {
  await browser.close();
  site.stop();
});

/** @type {Map<string, Visit>} */
const visits = new Map();

/** @param {import('node:http').IncomingHttpHeaders} headers */
function visitOf(headers) {
  return visits.get(String(headers[VISIT])) ?? assert.fail('a request names no visit');
}

/** The CA's publications are not part of the site. @type {import('../static-site.js').Missing} */
function missing(path, headers) {
  if (!path.startsWith('/crl/') && !path.startsWith('/ca.')) visits.get(String(headers[VISIT]))?.faults.push(`there is no ${path}`);
}

/** Browser windows that are open but not in use. Opening a window takes longer than most visits. @type {Window[]} */
const unused = [];

export const chromiumVersion = () => browser.version();

/**
 * Opens a state with empty storage and passes the page to the check. Fails if a script throws an error, the content
 * security policy blocks a request, or a file is missing.
 *
 * @param {State} state
 * @param {Look} look
 * @param {(page: Page) => Promise<void>} check
 */
export async function visit(state, look, check) {
  // A window cannot be reused after a test has added scripts to it or disabled scripts.
  const isReusable = !state.prepare && look.mode !== 'no-script';
  const window = (isReusable && unused.pop()) || (await openWindow(look));
  const { page, faults } = window;
  faults.length = 0;
  const key = [state.name, look.language, look.mode ?? 'usual'].join('/');
  visits.set(key, { answer: answeringBy(state, look.language, faults), faults });
  await page.context().setExtraHTTPHeaders({ [VISIT]: key });
  await page.setViewportSize({ width: look.widths[0] ?? 1280, height: 800 });
  await page.emulateMedia({
    media: 'screen',
    colorScheme: look.mode === 'dark' ? 'dark' : 'light',
    forcedColors: look.mode === 'forced-colors' ? 'active' : 'none',
  });
  await state.prepare?.(page);
  await reach(page, state, look);
  await check(page);
  assert.deepEqual(faults, []);
  if (isReusable) unused.push(await emptied(window));
  else await page.context().close();
  visits.delete(key);
}

/** @param {Look} look @returns {Promise<Window>} */
async function openWindow({ mode }) {
  const context = await browser.newContext({ baseURL: site.baseURL, javaScriptEnabled: mode !== 'no-script' });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // The browser also reports planned request failures here.
    const planned = message.text().startsWith('Failed to load resource');
    if (!planned && ['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  return { page, faults };
}

/** Leaves the page and deletes what it has stored. @param {Window} window */
async function emptied(window) {
  const { page } = window;
  await page.evaluate(() => sessionStorage.clear());
  await page.goto('about:blank');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin: site.baseURL, storageTypes: 'cookies,local_storage,indexeddb' });
  await devtools.detach();
  return window;
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
  // A page with a message above it shows the message before the answer arrives.
  if (state.sees !== LOADING) await page.locator(LOADING).waitFor({ state: 'detached' });
  if (mode === 'print') await page.emulateMedia({ media: 'print' });
  // All sizes on the pages are in rem. The browser's own setting has the same effect, but taking a picture resets it.
  if (mode === 'text-200') await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
}

/**
 * @param {State} state
 * @param {import('../../../web/js/rules.js').Language} language
 * @param {string[]} faults
 * @returns {Api}
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
