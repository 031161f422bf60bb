/** Checks that layout.js reports each kind of fault. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchHeadlessShell } from './browser.js';
import { layoutFaults } from './layout.js';
import { serveSite } from './static-site.js';

/** @typedef {import('./browser.js').Page} Page */

/** @type {import('./browser.js').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;
/** @type {Page} */
let page;

before(async () => {
  browser = await launchHeadlessShell();
  site = await serveSite();
  page = await browser.newPage({ baseURL: site.baseURL, viewport: { width: 1280, height: 800 } });
});
after(async () => {
  await browser.close();
  site.stop();
});

/**
 * Maps the message for each fault to code that adds the fault to the page.
 *
 * @type {Record<string, () => void>}
 */
const planted = {
  'is cut off sideways': () => {
    const lead = /** @type {HTMLElement} */ (document.querySelector('.lead'));
    Object.assign(lead.style, { width: '3em', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis' });
  },
  'is cut off below': () => {
    Object.assign(/** @type {HTMLElement} */ (document.querySelector('.lead')).style, { height: '1em', overflow: 'hidden' });
  },
  'text is outside the window': () => {
    Object.assign(/** @type {HTMLElement} */ (document.querySelector('h2')).style, { position: 'relative', left: '-20rem' });
  },
  'text leaves its box': () => {
    Object.assign(/** @type {HTMLElement} */ (document.querySelector('#buttons a.button')).style, { width: '2em', minWidth: '0', whiteSpace: 'nowrap' });
  },
  'texts overlap': () => {
    /** @type {HTMLElement} */ (document.querySelector('.lead')).style.marginTop = '-3.5rem';
  },
  'a control has no size': () => {
    Object.assign(/** @type {HTMLElement} */ (document.querySelector('#field-postalCode')).style, { width: '0', minHeight: '0', height: '0', padding: '0', border: '0' });
  },
  'a control is outside the window': () => {
    Object.assign(/** @type {HTMLElement} */ (document.querySelector('#field-postalCode')).style, { position: 'relative', left: '80rem' });
  },
  'controls overlap': () => {
    /** @type {HTMLElement} */ (document.querySelectorAll('#buttons .button')[1]).style.marginLeft = '-4rem';
  },
  'text and control overlap': () => {
    /** @type {HTMLElement} */ (document.querySelector('#field-emailAddress')).style.translate = '0 -4rem';
  },
  'the page has not exactly one h1': () => {
    document.querySelector('.lead')?.after(document.createElement('h1'));
    /** @type {HTMLElement} */ (document.querySelector('.lead + h1')).textContent = 'x';
  },
  'a level of headings is skipped': () => {
    const heading = document.createElement('h3');
    heading.append('x');
    document.querySelector('h2')?.replaceWith(heading);
  },
  'the text has {count} in it': () => {
    document.querySelector('.lead')?.append('{count}');
  },
  'the text has undefined in it': () => {
    document.querySelector('.lead')?.append(' undefined');
  },
};

test('a correct page has no fault', async () => {
  await open();
  assert.deepEqual(await page.evaluate(layoutFaults), []);
});

for (const [fault, plant] of Object.entries(planted)) {
  test(`a planted fault is reported: ${fault}`, async () => {
    await open();
    await page.evaluate(plant);
    const found = await page.evaluate(layoutFaults);
    assert.ok(found.some((line) => line.startsWith(fault)), `it is not in ${JSON.stringify(found, null, 1)}`);
  });
}

async function open() {
  await page.goto('/style-guide.html?lang=ja');
  await page.locator('#address-offer button').first().waitFor();
}
