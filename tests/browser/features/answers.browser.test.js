/** Checks that the pages preserve the subscriber's input, and that step 5 links back to the fields. */
import assert from 'node:assert/strict';

import { choose, couponOf, freshAccounts, identify, save, submit } from '../stack.js';
import { feature } from './feature.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {Record<string, string>} Answers
 */

/** Normalised values that differ from the recorded values. @type {Answers} */
const entered = {
  titleJa: '取締役',
  departmentJa: '営業部',
  titleDepartmentRomaji: 'Director, Sales Dept.',
  emailAddress: 'taro.veri@example.co.jp',
  postalCode: '1000001',
  prefecture: '大阪府',
  city: '千代田区',
  street: '千代田1-1',
  building: '中央ビル3F',
  phone: '0312345678',
};
const enteredAsShown = Object.values({ ...entered, postalCode: '100-0001' });

feature(1, 'back, reload and a restored tab keep every answer (secrets excepted)', async ({ page, say }) => {
  const { one } = await freshAccounts();

  await page.locator('#field-emailAddress').fill(one.emailAddress);
  await page.locator('#field-applicationPassword').fill(one.applicationPassword);
  await page.locator('#field-certificateCode').fill(one.certificateCode);
  await page.goto('/help.html');
  await page.goBack();
  await keeps(page, '#identity', async (tab) => {
    assert.deepEqual(await answersIn(tab), { emailAddress: one.emailAddress, applicationPassword: '', certificateCode: '' });
    const remembered = await tab.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    for (const secret of [one.applicationPassword, one.certificateCode]) assert.ok(!remembered.includes(secret));
  });

  await identify(page, one);
  await keeps(page, '.result-count');
  await page.locator('table a').click();
  await page.locator('#field-acknowledged').check();
  await keeps(page, '#acknowledgement', async (tab) => assert.ok(await tab.locator('#field-acknowledged').isChecked()));
  await page.goBack();
  await page.locator('.result-count').waitFor();
  await page.goForward();
  await page.locator('#acknowledgement').waitFor();
  assert.ok(await page.locator('#field-acknowledged').isChecked());

  await page.locator('#next').click();
  await page.waitForURL('**/application.html*');
  await page.locator('#application').waitFor();
  await enter(page, entered);
  await keeps(page, '#application', async (tab) => assert.deepEqual(await answersIn(tab), entered));
  await page.getByText(say('application.restored')).waitFor();
  await page.goBack();
  await page.locator('#acknowledgement').waitFor();
  assert.ok(await page.locator('#field-acknowledged').isChecked());
  await page.goForward();
  await page.locator('#application').waitFor();
  assert.deepEqual(await answersIn(page), entered);

  await save(page);
  await keeps(page, '#submission', async (tab) => assert.deepEqual(await reviewed(tab), enteredAsShown));
  await page.goBack();
  await page.locator('#application').waitFor();
  assert.deepEqual(await answersIn(page), entered);
  await page.goForward();
  await page.locator('#submission').waitFor();
  assert.deepEqual(await reviewed(page), enteredAsShown);

  await page.locator('#field-applicationPassword').fill(one.applicationPassword);
  const number = await submit(page);
  await keeps(page, '.timeline', async (tab) => assert.equal(await tab.locator('.receipt-number').innerText(), number));
  await page.goBack();
  await page.waitForURL(`**/receipt.html?number=${number}&from=already-submitted`);
  await page.getByText(say('from.already-submitted')).waitFor();
});

feature(12, 'the check-answers page has 変更 links that return to it', async ({ page, say }) => {
  const { one } = await freshAccounts();
  await identify(page, one);
  await choose(page, couponOf(one));
  await save(page);
  const shown = await reviewed(page);
  const names = Object.keys(entered);
  const links = await page.locator('a.change').evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.textContent]));
  assert.deepEqual(links, names.map((name) => [`application.html#field-${name}`, say('review.change')]));
  for (const name of ['emailAddress', 'prefecture', 'phone']) {
    await page.locator(`a.change[href$="#field-${name}"]`).click();
    await page.waitForFunction((id) => document.activeElement?.id === id, `field-${name}`);
    await change(page, name, entered[name] ?? '');
    await save(page);
    shown[names.indexOf(name)] = entered[name] ?? '';
    assert.deepEqual(await reviewed(page), shown, name);
  }
});

/**
 * Asserts that the page shows the same content after a reload and in a restored tab.
 *
 * @param {Page} page
 * @param {string} ready a selector that matches when the page is ready
 * @param {(tab: Page) => Promise<void>} check
 */
async function keeps(page, ready, check = async () => {}) {
  await page.locator(ready).waitFor();
  await check(page);
  await page.reload();
  await page.locator(ready).waitFor();
  await check(page);
  const restored = await restoredTab(page);
  await restored.locator(ready).waitFor();
  await check(restored);
  await restored.close();
}

/** Restores a tab as browsers do, with its URL and its session storage. @param {Page} page */
async function restoredTab(page) {
  const kept = await page.evaluate(() => ({ ...sessionStorage }));
  const tab = await page.context().newPage();
  await tab.goto('/favicon.svg');
  await tab.evaluate((items) => void Object.assign(sessionStorage, items), kept);
  await tab.goto(page.url());
  return tab;
}

/** @param {Page} page @param {Answers} answers */
async function enter(page, answers) {
  for (const [name, value] of Object.entries(answers)) await change(page, name, value);
}

/** @param {Page} page @param {string} name @param {string} value */
async function change(page, name, value) {
  const control = page.locator(`#field-${name}`);
  if (name === 'prefecture') await control.selectOption(value);
  else await control.fill(value);
}

/** @param {Page} page @returns {Promise<Answers>} */
function answersIn(page) {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('[data-field] input, [data-field] select')].map((control) => {
        const { name, value } = /** @type {HTMLInputElement} */ (control);
        return [name, value];
      }),
    ),
  );
}

/** @param {Page} page */
function reviewed(page) {
  return page.locator('.answer').allInnerTexts();
}
