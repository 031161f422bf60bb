import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { inspect, launchHeadlessShell, variants } from './browser.js';
import { languages } from './site.js';
import { baseURL, choose, couponOf, freshAccounts, identify, newPage } from './stack.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

/** @type {import('./browser.js').Browser} */
let browser;
before(async () => {
  browser = await launchHeadlessShell();
});
after(() => browser.close());

const texts = {
  ja: { other: 'English', offer: 'この住所を入力する', undo: '選ぶ前の住所に戻す', found: /住所が2件/, entered: /番地と建物名を/ },
  en: { other: '日本語', offer: 'Fill in this address', undo: 'Go back to the address before', found: /found: 2/, entered: /is filled in/ },
};

/** Opens step 4 with a fresh account. @param {Variant} variant */
async function openApplication(variant) {
  const page = await newPage(browser, variant);
  const { one } = await freshAccounts();
  await identify(page, one);
  await choose(page, couponOf(one));
  return page;
}

/** @param {Page} page */
function enteredAddress(page) {
  return Promise.all(['prefecture', 'city', 'street', 'building'].map((name) => page.locator(`#field-${name}`).inputValue()));
}

/** @param {Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id ?? '');

for (const variant of variants) {
  const { language, width } = variant;
  const words = texts[language];
  const otherWords = texts[languages[(languages.indexOf(language) + 1) % languages.length] ?? language];

  test(`feature 8: a postal code offers its addresses, in ${language} at ${width} px`, async () => {
    const page = await openApplication(variant);
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    const onRecord = await enteredAddress(page);
    const offer = page.getByRole('group', { name: words.offer });
    const status = page.locator('#status');

    await page.locator('#field-postalCode').fill('〒４９８－００００');
    await offer.waitFor();
    assert.deepEqual(await offer.getByRole('button').allTextContents(), ['愛知県弥富市', '三重県桑名郡木曽岬町']);
    assert.equal(await offer.getByRole('list').getAttribute('lang'), 'ja');
    assert.match((await status.textContent()) ?? '', words.found);
    assert.deepEqual(await enteredAddress(page), onRecord);
    assert.equal(await focused(page), 'field-postalCode');
    await inspect(page, '4-application-addresses', variant);

    await page.getByRole('link', { name: words.other }).click();
    await page.getByRole('group', { name: otherWords.offer }).waitFor();
    await page.getByRole('link', { name: otherWords.other }).click();
    await offer.waitFor();

    await page.locator('#field-postalCode').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: words.undo }).waitFor();
    assert.deepEqual(await enteredAddress(page), ['三重県', '桑名郡木曽岬町', '', onRecord[3]]);
    assert.equal(await focused(page), 'field-street');
    assert.match((await status.textContent()) ?? '', words.entered);
    await inspect(page, '4-application-address-entered', variant);

    await page.getByRole('button', { name: words.undo }).click();
    assert.deepEqual(await enteredAddress(page), onRecord);
    assert.equal(await focused(page), 'field-postalCode');
    await offer.getByRole('button', { name: '愛知県弥富市' }).click();
    await page.keyboard.type('鯏浦町1-2');
    assert.deepEqual(await enteredAddress(page), ['愛知県', '弥富市', '鯏浦町1-2', onRecord[3]]);

    await page.reload();
    await page.locator('#application').waitFor();
    assert.deepEqual(await enteredAddress(page), ['愛知県', '弥富市', '鯏浦町1-2', onRecord[3]]);
    assert.equal(await offer.count(), 0);

    assert.ok(asked.some((address) => address === `${new URL(baseURL).origin}/postal-codes/498.json`));
    assert.deepEqual(asked.filter((address) => new URL(address).origin !== new URL(baseURL).origin), []);
    assert.deepEqual(asked.filter((address) => address.includes('4980000')), []);
    await page.close();
  });

  test(`feature 8: an unknown code allows typing by hand, in ${language} at ${width} px`, async () => {
    const page = await openApplication(variant);
    const onRecord = await enteredAddress(page);
    const offer = page.locator('#address-offer');

    await page.locator('#field-postalCode').fill('1049999');
    await offer.locator('.hint').waitFor();
    const unknown = await offer.textContent();
    assert.equal(await page.locator('#status').textContent(), unknown);
    await inspect(page, '4-application-address-unknown', variant);

    await page.route('**/postal-codes/*', (route) => route.abort());
    await page.locator('#field-postalCode').fill('5300001');
    await page.waitForFunction((before) => !['', before].includes(document.getElementById('address-offer')?.textContent ?? ''), unknown);
    assert.equal(await page.locator('#status').textContent(), await offer.textContent());
    await inspect(page, '4-application-address-unavailable', variant);

    assert.deepEqual(await enteredAddress(page), onRecord);
    assert.equal(await page.locator('[aria-invalid=true], .notice-error').count(), 0);
    await page.locator('#field-city').fill('大阪市北区');
    await page.route('**/api/application', (route) => route.abort());
    const [saving] = await Promise.all([page.waitForRequest('**/api/application'), page.locator('#next').click()]);
    assert.equal(saving.postDataJSON().fields.postalCode, '5300001');
    assert.equal(saving.postDataJSON().fields.city, '大阪市北区');
    await page.close();
  });
}

const japanese = /** @type {Variant} */ (variants[0]);

test('feature 8: an entered address is not offered, and its number is kept', async () => {
  const page = await openApplication(japanese);
  const offer = page.locator('#address-offer');
  await page.locator('#field-prefecture').selectOption('');
  await page.locator('#field-city').fill('');
  await page.locator('#field-street').fill('丸の内２－７－２');
  await page.locator('#field-building').fill('');
  await page.locator('#next').click();
  await page.locator('#error-city').waitFor();

  await page.locator('#field-postalCode').fill('1007012');
  // Simulate Safari, where clicking a button does not focus it.
  await offer.getByRole('button', { name: '東京都千代田区丸の内 JPタワー12階' }).evaluate((button) => {
    /** @type {HTMLElement} */ (document.activeElement).blur();
    /** @type {HTMLElement} */ (button).click();
  });
  assert.deepEqual(await enteredAddress(page), ['東京都', '千代田区', '丸の内2-7-2', 'JPタワー12階']);
  assert.equal(await page.locator('[aria-invalid=true]').count(), 0);
  const caret = await page.evaluate(() => /** @type {HTMLInputElement} */ (document.activeElement).selectionStart);
  assert.equal(caret, '丸の内2-7-2'.length);
  await page.reload();
  await page.locator('#application').waitFor();
  assert.deepEqual(await enteredAddress(page), ['東京都', '千代田区', '丸の内2-7-2', 'JPタワー12階']);

  await page.locator('#field-postalCode').fill('100701');
  assert.equal(await offer.textContent(), '');
  await page.locator('#field-postalCode').fill('1040028');
  await offer.getByRole('button', { name: '東京都中央区八重洲', exact: true }).waitFor();
  await page.locator('#field-postalCode').fill('1007012');
  await page.waitForFunction(() => !document.querySelector('#address-offer button'));
  await page.close();
});

test('feature 8: a long list of addresses scrolls in its own box', async () => {
  const page = await openApplication(japanese);
  for (const variant of variants.filter(({ language }) => language === 'ja')) {
    await page.setViewportSize({ width: variant.width, height: 800 });
    await page.locator('#field-postalCode').fill('4520961');
    await page.locator('#address-offer button').last().waitFor();
    assert.equal(await page.locator('#address-offer button').count(), 66);
    const height = await page.locator('.addresses').evaluate((list) => list.clientHeight);
    assert.ok(height < 400, `${height}`);
    await inspect(page, '4-application-addresses-many', variant);
  }
  await page.close();
});

test('feature 8: an answer for an earlier code or form is not shown', async () => {
  const page = await openApplication(japanese);
  const offer = page.locator('#address-offer');
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  await page.route('**/postal-codes/498.json', async (route) => {
    await released;
    await route.continue();
  });
  await page.locator('#field-postalCode').fill('4980000');
  await page.locator('#field-postalCode').fill('5300001');
  await offer.getByRole('button', { name: '大阪府大阪市北区梅田' }).waitFor();
  release();
  await page.evaluate(async () => {
    const module = '/js/postal-codes.js';
    /** @type {typeof import('../../web/js/postal-codes.js')} */
    const { addressesOf } = await import(module);
    await addressesOf('4980000');
  });
  assert.equal(await offer.getByRole('button').count(), 1);

  await page.reload();
  await page.locator('#application').waitFor();
  await page.locator('#field-postalCode').fill('4980000');
  await offer.getByRole('button').first().waitFor();
  await page.locator('#notices button').click();
  assert.equal(await page.locator('#field-postalCode').inputValue(), '1040028');
  assert.equal(await offer.textContent(), '');
  await page.close();
});
