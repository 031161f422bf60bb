/**
 * Checks every page in every state: axe reports no violations, the layout is correct, and the outline matches its
 * reference. Screenshots of pages and components must also match their references.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ERROR_MARK, assertAccessible, assertColoursAndSizesAccessible, keepsPictures, takePicture } from './browser.js';
import { assertLayout } from './layout.js';
import { compareOutline, outlineNames, removeOutline } from './outlines.js';
import { compare, keep, referenceNames, removeReference } from './pictures.js';
import { folderOf, isForAxe, isOutlined, isPictured, looksAt } from './states/looks.js';
import pickUp from './states/pick-up.js';
import receipt from './states/receipt.js';
import site from './states/site.js';
import stop from './states/stop.js';
import { chromiumVersion, visit } from './states/visit.js';
import wizard from './states/wizard.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./states/state.js').State} State
 * @typedef {import('./states/looks.js').Look} Look
 */

const SESSION_PAGES = [
  'application.html',
  'certificate.html',
  'certificates.html',
  'correct-address.html',
  'receipt.html',
  'review.html',
];

const states = [...wizard, ...receipt, ...stop, ...pickUp, ...site];

// Running two tests at once is faster, because one page renders while the other waits for its screenshot.
describe('every state is accessible and matches its references', { concurrency: 2 }, () => {
  for (const state of states) {
    for (const look of looksAt(state)) {
      test(`${state.name} in ${look.language}${look.mode ? `, ${look.mode}` : ''}`, { timeout: 60_000 }, () =>
        visit(state, look, async (page) => {
          for (const width of look.widths) await inspect(page, state, look, width);
        }),
      );
    }
  }
});

/** @param {Page} page @param {State} state @param {Look} look @param {number} width */
async function inspect(page, state, look, width) {
  await page.setViewportSize({ width, height: 800 });
  // Elements under the pointer look different.
  await page.mouse.move(0, 0);
  await assertLayout(page);
  if (look.mode !== 'no-script') {
    await assertTitle(page, look.language);
    await assertLogOutButton(page);
  }
  if (isForAxe(look, width)) await (look.mode ? assertColoursAndSizesAccessible(page) : assertAccessible(page));
  const folder = folderOf(look, width);
  if (isOutlined(look, width)) await compareOutline(page, folder, state.name);
  if (!isPictured(state, look, width) && !keepsPictures) return;
  const picture = await pictureOf(page, state);
  keep(picture, folder, state.name);
  if (isPictured(state, look, width)) await compare(picture, folder, state.name, chromiumVersion());
}

/** @param {Page} page @param {State} state */
function pictureOf(page, { part }) {
  return part ? page.locator(part).screenshot({ animations: 'disabled' }) : takePicture(page);
}

/**
 * Asserts the language of the page, and the heading, service name and error prefix in its title.
 *
 * @param {Page} page
 * @param {string} language
 */
async function assertTitle(page, language) {
  const { lang, title, heading, site, wrong } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    heading: document.querySelector('h1')?.textContent,
    site: document.querySelector('.site-name')?.textContent,
    wrong: document.querySelector('#problem')?.hasChildNodes(),
  }));
  assert.equal(lang, language);
  assert.equal(title.replace(ERROR_MARK, ''), `${heading} | ${site}`);
  assert.equal(ERROR_MARK.test(title), wrong);
}

/** Asserts that exactly the pages with the data of a session have a button that ends it. @param {Page} page */
async function assertLogOutButton(page) {
  const name = new URL(page.url()).pathname.slice(1);
  assert.equal(await page.locator('.site-header button').count(), SESSION_PAGES.includes(name) ? 1 : 0, name);
}

test('every reference belongs to a state', () => {
  const views = states.flatMap((state) =>
    looksAt(state).flatMap((look) => look.widths.map((width) => ({ state, look, width, name: `${folderOf(look, width)}/${state.name}` }))),
  );
  assert.equal(new Set(views.map(({ name }) => name)).size, views.length, 'two states have the same name');
  const pictures = views.filter(({ state, look, width }) => isPictured(state, look, width)).map(({ name }) => `${name}.webp`);
  const outlines = views.filter(({ look, width }) => isOutlined(look, width)).map(({ name }) => `${name}.yaml`);
  const leftPictures = referenceNames().filter((name) => !pictures.includes(name));
  const leftOutlines = outlineNames().filter((name) => !outlines.includes(name));
  if (process.env.UPDATE_REFERENCES === '1') {
    leftPictures.forEach(removeReference);
    leftOutlines.forEach(removeOutline);
  } else assert.deepEqual([...leftPictures, ...leftOutlines], []);
});
