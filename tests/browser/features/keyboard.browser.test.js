/** Checks that the pages are usable with only the keyboard, with large text, and in forced colours. */
import assert from 'node:assert/strict';

import { keepPicture, variants } from '../browser.js';
import { choose, codeIn, couponOf, freshAccounts, identify, mailTo, save, submit } from '../stack.js';
import { feature } from './feature.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('./feature.js').Visit} Visit
 */

feature(15, 'keyboard only, through all six steps and the pick-up, with the focus always in sight', async ({ page, say }) => {
  const { one } = await freshAccounts();
  const { keyboard } = page;
  await page.locator('#identity').waitFor();
  await keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), say('site.skip'));
  await keyboard.press('Enter');
  await tabTo(page, '#field-emailAddress');
  await keyboard.press('Enter');
  await page.locator('#problem [role=alert]:focus').waitFor();
  await focusIsInSight(page);
  await tabTo(page, '#problem li:first-child a');
  await keyboard.press('Enter');
  await page.locator('#field-emailAddress:focus').waitFor();
  await keyboard.type(one.emailAddress);
  await tabTo(page, '#field-applicationPassword');
  await keyboard.type(one.applicationPassword);
  await tabTo(page, '#toggle-password');
  await keyboard.press('Space');
  assert.equal(await page.locator('#field-applicationPassword').getAttribute('type'), 'text');
  await tabTo(page, '#field-certificateCode');
  await keyboard.type(one.certificateCode);
  await tabTo(page, '#submit');
  await keyboard.press('Enter');

  await page.locator('.result-count').waitFor();
  await tabTo(page, 'table a');
  await keyboard.press('Enter');

  await page.locator('#acknowledgement').waitFor();
  await tabTo(page, '#field-acknowledged');
  await keyboard.press('Space');
  await tabTo(page, '#next');
  await keyboard.press('Space');

  await page.locator('#application').waitFor();
  await tabTo(page, '#field-prefecture');
  await keyboard.press('ArrowDown');
  const prefecture = await page.locator('#field-prefecture').inputValue();
  assert.equal(prefecture, '神奈川県');
  await tabTo(page, '#field-building');
  await keyboard.press('Control+A');
  await keyboard.type('見本ビル14F');
  await tabTo(page, '#next');
  await keyboard.press('Enter');

  await page.locator('#submission').waitFor();
  const answers = await page.locator('.answer').allInnerTexts();
  assert.ok(answers.includes(prefecture) && answers.includes('見本ビル14F'));
  await tabTo(page, 'a.change[href$="#field-phone"]');
  await keyboard.press('Enter');
  await page.locator('#field-phone:focus').waitFor();
  await focusIsInSight(page);
  await keyboard.press('Control+A');
  await keyboard.type('0312345678');
  await keyboard.press('Enter');
  await page.locator('#submission').waitFor();
  await tabTo(page, '#submit');
  await keyboard.press('Enter');

  await page.locator('.timeline').waitFor();
  const { text } = await mailTo(page, one.emailAddress);
  await tabTo(page, 'a.button[href="pick-up.html"]');
  await keyboard.press('Enter');

  await page.locator('#credentials').waitFor();
  await tabTo(page, '#field-certificateCode');
  await keyboard.type(codeIn(text));
  await tabTo(page, '#field-applicationPassword');
  await keyboard.type(one.applicationPassword);
  await keyboard.press('Enter');
  await page.locator('#summary-heading:focus').waitFor();
  await tabTo(page, '#suggest');
  await keyboard.press('Space');
  await page.locator('#field-filePassword:focus').waitFor();
  await tabTo(page, '#field-written');
  await keyboard.press('Space');
  await tabTo(page, '#pick-up');
  await keyboard.press('Enter');
  await page.locator('#issued-heading:focus').waitFor({ timeout: 60_000 });
  await tabTo(page, '#issued .card a');
  await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
  await tabTo(page, '#finish');
  await keyboard.press('Enter');
  await page.locator('#issued .notice-success').waitFor();
  await page.locator('#issued-heading:focus').waitFor();
}, { variants });

/** The maximum number of Tab presses, which is enough for all fields and links in step 4. */
const MOST_STOPS = 40;

/** Presses Tab until an element has the focus. @param {Page} page @param {string} selector */
async function tabTo(page, selector) {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab');
    await focusIsInSight(page);
    if (await page.evaluate((awaited) => document.activeElement?.matches(awaited), selector)) return;
  }
  assert.fail(`${selector} is not reached by ${MOST_STOPS} presses of Tab`);
}

/** @param {Page} page */
async function focusIsInSight(page) {
  const seen = await page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return 'the focus is on nothing';
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    const { top, bottom, left, right, width, height } = focused.getBoundingClientRect();
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return `${focused.outerHTML} has no outline`;
    if (width < 1 || height < 1) return `${focused.outerHTML} has no size`;
    if (bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth) return `${focused.outerHTML} is out of sight`;
    return 'in sight';
  });
  assert.equal(seen, 'in sight', page.url());
}

feature(15, '200 % text and forced colours, on every step', async (visit) => {
  const { page } = visit;
  const { one } = await freshAccounts();
  await page.locator('#identity').waitFor();
  await looksSound(visit, '1');
  await identify(page, one);
  await looksSound(visit, '2');
  await page.locator('table a').click();
  await page.locator('#acknowledgement').waitFor();
  await looksSound(visit, '3');
  await page.goto('/certificates.html');
  await choose(page, couponOf(one));
  await looksSound(visit, '4');
  await save(page);
  await looksSound(visit, '5');
  await submit(page);
  await looksSound(visit, '6');
  await page.goto('/pick-up.html');
  await page.locator('#credentials').waitFor();
  await looksSound(visit, '7');
}, { variants });

/** @param {Visit} visit @param {string} name */
async function looksSound({ page, variant: { language, width } }, name) {
  const folder = `${language}-${width}-adapted`;
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways at 200 %`);
  await keepPicture(page, folder, `${name}-large`);
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));

  await page.emulateMedia({ forcedColors: 'active' });
  const unmarked = await page.evaluate(() =>
    [...document.querySelectorAll('.button, input:not([type=checkbox]), select, .notice')]
      .filter((element) => element.checkVisibility() && parseFloat(getComputedStyle(element).borderTopWidth) === 0)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(unmarked, [], `${name} in forced colours`);
  await keepPicture(page, folder, `${name}-forced-colours`);
  await page.emulateMedia({ forcedColors: 'none' });
}
