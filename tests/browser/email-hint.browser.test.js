/** Tests the hint below email addresses, and pasted addresses in step 1. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchHeadlessShell, variants } from './browser.js';
import { catalogue } from './site.js';
import { choose, couponOf, freshAccounts, identify, newPage } from './stack.js';

/** @typedef {import('./browser.js').Page} Page */

const { texts } = await catalogue();

/** @type {import('./browser.js').Browser} */
let browser;
before(async () => {
  browser = await launchHeadlessShell();
});
after(() => browser.close());

/** @param {Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id ?? '');

for (const variant of variants) {
  const { language, width } = variant;
  /** @param {string} key @param {string} domain */
  const say = (key, domain) => (texts[language][key] ?? '').replaceAll('{domain}', domain);

  test(`a mistyped domain has a hint that never blocks, in ${language} at ${width} px`, async () => {
    const page = await newPage(browser, variant);
    const { one } = await freshAccounts();
    await identify(page, one);
    await choose(page, couponOf(one));
    const field = page.locator('#field-emailAddress');
    const hint = page.locator('#email-hint');
    const suggestion = page.getByRole('group', { name: say('emailHint.question', 'gmail.com') });

    await field.fill('');
    await field.pressSequentially('taro@gmail.com');
    assert.equal(await hint.textContent(), '', 'no hint during or after correct typing');
    await field.fill('Taro <taro@gmial.com>');
    await suggestion.waitFor();
    assert.equal(await page.locator('#status').textContent(), say('emailHint.question', 'gmail.com'));
    assert.equal(await focused(page), 'field-emailAddress');
    await page.keyboard.press('Tab');
    assert.equal(await field.inputValue(), 'taro@gmial.com');
    await page.keyboard.press('Enter');
    assert.equal(await field.inputValue(), 'taro@gmail.com');
    assert.equal(await focused(page), 'field-emailAddress');
    assert.equal(await hint.textContent(), '');
    assert.match((await page.locator('#status').textContent()) ?? '', /taro@gmail\.com/);
    await page.reload();
    await page.locator('#application').waitFor();
    assert.equal(await field.inputValue(), 'taro@gmail.com', 'the draft contains the corrected address');

    await field.fill('taro@gmail.co');
    assert.equal(await hint.textContent(), '', 'the address may still be incomplete');
    await page.keyboard.press('Tab');
    await suggestion.waitFor();
    await page.locator('#next').click();
    await page.locator('.answer').getByText('taro@gmail.co', { exact: true }).waitFor();
    await page.close();
  });

  test(`step 1 reads a pasted address and loads its rules late, in ${language} at ${width} px`, async () => {
    const page = await newPage(browser, variant);
    const { one } = await freshAccounts();
    await page.locator('#identity').waitFor();
    const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/email-address.js')));
    assert.equal(await loaded(), false);
    await page.locator('#field-emailAddress').fill('taro@example,co.jp');
    await page.locator('#submit').click();
    await page.locator('#error-emailAddress').waitFor();
    assert.equal(await loaded(), true);
    await page.locator('#field-emailAddress').fill(`Taro <mailto:${one.emailAddress}?subject=x>`);
    await page.locator('#field-applicationPassword').focus();
    assert.equal(await page.locator('#field-emailAddress').inputValue(), one.emailAddress);
    await identify(page, { ...one, emailAddress: `「${one.emailAddress}」` });
    await page.getByRole('table').or(page.locator('.cards')).first().waitFor();
    await page.close();
  });
}
