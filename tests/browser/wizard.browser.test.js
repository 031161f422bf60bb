import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import deployment from '../../web/js/deployment.js';
import { launch, summaryHasFocus, variants } from './browser.js';
import { activeAccount, choose, identify, newPage, save } from './stack.js';

/**
 * @typedef {import('./stack.js').Account} Account
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

const { service } = deployment;

/** @type {import('./browser.js').Browser} */
let browser;
/** @type {Account} */
let account;
/** @type {string} */
let coupon;

before(async () => {
  browser = await launch();
  account = await activeAccount();
  coupon = /** @type {string} */ (account.couponNumbers[0]);
});
after(() => browser.close());

const japanese = /** @type {Variant} */ (variants[0]);

/** @param {Page} page @param {string} title */
async function titleIs(page, title) {
  await page.waitForFunction((expected) => document.title === expected, title);
}

test('the summary of each step names every missing or wrong field', async () => {
  const page = await newPage(browser, japanese);
  await page.locator('#identity').waitFor();

  await page.locator('#submit').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#problem li').count(), 3);

  await identify(page, account);

  await page.getByRole('link', { name: coupon, exact: true }).click();
  await page.locator('#acknowledgement').waitFor();
  await page.locator('#next').click();
  await summaryHasFocus(page);

  await page.locator('#field-acknowledged').check();
  await page.locator('#next').click();
  await page.locator('#application').waitFor();
  await page.locator('#field-emailAddress').fill('taro');
  await page.locator('#field-postalCode').fill('104');
  await page.locator('#field-phone').fill('');
  await page.locator('#next').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#problem li').count(), 3);
  await page.reload();
  await page.locator('#notices button').click();

  await save(page);

  await page.close();
});

test('step 1: a button press counts even if an error above it disappears', async () => {
  const page = await newPage(browser, japanese);
  await page.route('**/api/session', (route) => route.abort());
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  await page.locator('#field-emailAddress').fill(account.emailAddress);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#field-certificateCode').fill(account.certificateCode);
  const request = page.waitForRequest('**/api/session');
  await page.locator('#submit').click({ position: { x: 20, y: 44 } });
  await request;
  await page.close();
});

test('step 1: the page asks for the sign-in code and keeps the other fields', async () => {
  const page = await newPage(browser, japanese);
  /** @type {any[]} */
  const sent = [];
  await page.route('**/api/session', (route) => {
    sent.push(route.request().postDataJSON());
    return route.fulfill({
      status: 403,
      headers: { 'Content-Type': 'application/problem+json' },
      json: { type: '/problems/confirmation-by-email', title: '確認コード', status: 403, detail: '入力してください。' },
    });
  });
  const code = page.locator('#field-signInCode');
  assert.equal(await code.count(), 0);
  await page.locator('#field-emailAddress').fill(account.emailAddress);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#field-certificateCode').fill(account.certificateCode);
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  await page.locator('#problem a[href="#field-signInCode"]').click();
  await code.fill('0123-456');
  await page.locator('#submit').click();
  await page.locator('#error-signInCode').waitFor();
  await code.fill(' oi23 4567');
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  const { signInCode: none, ...first } = sent[0];
  assert.equal(none, undefined);
  assert.deepEqual(sent[1], { ...first, signInCode: '01234567' });
  assert.equal(sent.length, 2);
  assert.equal(await code.count(), 1);
  assert.equal(await page.locator('#field-applicationPassword').inputValue(), account.applicationPassword);
  await page.close();
});

test('the password can be shown and hidden again', async () => {
  const page = await newPage(browser, japanese);
  await page.locator('#toggle-password').click();
  assert.equal(await page.locator('#field-applicationPassword').getAttribute('type'), 'text');
  await page.locator('#toggle-password').click();
  assert.equal(await page.locator('#field-applicationPassword').getAttribute('type'), 'password');
  await page.close();
});

test('the language changes without a reload and stays chosen', async () => {
  const page = await newPage(browser, japanese);
  await titleIs(page, `ステップ 1/6：利用者確認 | ${service.ja}`);
  await page.locator('#field-emailAddress').fill('taro@example.co.jp');
  await page.getByRole('link', { name: 'English' }).click();
  await titleIs(page, `Step 1 of 6: Identity check | ${service.en}`);
  assert.equal(await page.locator('#field-emailAddress').inputValue(), 'taro@example.co.jp');
  await page.goto('/help.html');
  await titleIs(page, `Help | ${service.en}`);
  await page.close();
});

test('input survives a failure of the server, and one press retries', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  await page.locator('#field-building').fill('見本ﾋﾞﾙ１４Ｆ');
  await page.route('**/api/application', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }), { times: 1 });
  await page.locator('#next').click();
  await summaryHasFocus(page);
  await page.locator('#problem button').click();
  await page.waitForURL('**/review.html');
  await page.getByText('見本ビル14F').waitFor();
  await page.close();
});

test('messages of the server appear at the field and in the summary', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  const detail = '郵便番号をサーバーが受け付けませんでした。';
  await page.route('**/api/application', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      json: {
        type: '/problems/invalid-fields',
        title: '誤り',
        status: 422,
        detail: '直してください。',
        errors: [{ pointer: '/fields/postalCode', code: 'notAPostalCode', detail }],
      },
    }),
  );
  await page.locator('#next').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#error-postalCode').textContent(), detail);
  await page.locator('#problem').getByText(detail).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'field-postalCode');
  await page.close();
});

test('logging out ends the session and deletes the entered values', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  await page.locator('#field-city').fill('千代田区');
  await page.getByRole('button', { name: 'ログアウト' }).click();
  await page.waitForURL('**/index.html?from=logged-out');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.goto('/application.html');
  await page.waitForURL('**/index.html?from=session-missing');
  await page.close();
});

test('a lost cookie is reported until the session of step 1 would end', async () => {
  const page = await newPage(browser, japanese);
  const addresses = watchAddresses(page);
  await identify(page, account);
  const { searchParams, href } = new URL(addresses.find((address) => address.includes('session-until=')) ?? '');
  assert.ok(Date.parse(searchParams.get('session-until') ?? '') > Date.now());
  await page.waitForURL((url) => !url.searchParams.has('session-until'));
  await page.reload();
  await page.locator('.result-count').waitFor();

  await page.context().clearCookies();
  await page.goto(href);
  await summaryHasFocus(page);
  await page.getByText('Cookie が保存されません').waitFor();
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByText('did not keep the cookie', { exact: false }).first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/certificates.html');

  // If the session end in the URL is implausible, the page does not conclude that the browser refused the cookie.
  for (const until of ['2026-01-01T00:00:00Z', '9999-01-01T00:00:00Z', 'x']) {
    await page.goto(`/certificates.html?session-until=${until}`);
    await page.waitForURL('**/index.html?from=session-missing');
  }
  for (const to of ['//example.com', 'javascript:alert(1)', 'receipt.html?number=A&x=', '../x.html']) {
    await page.goto(`/index.html?${new URLSearchParams({ to })}`);
    await identify(page, await activeAccount());
    assert.equal(new URL(page.url()).pathname, '/certificates.html', to);
    await page.context().clearCookies();
  }
  await page.close();
});

/** Records the URLs of all page loads. @param {Page} page */
function watchAddresses(page) {
  /** @type {string[]} */
  const addresses = [];
  page.on('request', (request) => request.isNavigationRequest() && addresses.push(request.url()));
  return addresses;
}
