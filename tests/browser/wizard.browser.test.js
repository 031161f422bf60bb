import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { inspect, launch, summaryHasFocus, variants } from './browser.js';
import { activeAccount, answerOf, choose, identify, mailTo, newPage, save } from './stack.js';

/**
 * @typedef {import('./stack.js').Account} Account
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

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

for (const variant of [...variants, { ...japanese, colorScheme: /** @type {const} */ ('dark') }]) {
  const { language, width, colorScheme } = variant;
  test(`every page before the submission is sound in ${language} at ${width} px ${colorScheme ?? ''}`, async () => {
    const page = await newPage(browser, variant);
    await page.locator('#identity').waitFor();
    await inspect(page, '1-identity', variant);

    await page.locator('#submit').click();
    await summaryHasFocus(page);
    assert.equal(await page.locator('#problem li').count(), 3);
    await inspect(page, '1-identity-empty', variant);

    await identify(page, account);
    await inspect(page, '2-certificates', variant);

    await page.getByRole('link', { name: coupon, exact: true }).click();
    await page.locator('#acknowledgement').waitFor();
    await inspect(page, '3-certificate', variant);
    await page.locator('#next').click();
    await summaryHasFocus(page);
    await inspect(page, '3-certificate-unacknowledged', variant);

    await page.locator('#field-acknowledged').check();
    await page.locator('#next').click();
    await page.locator('#application').waitFor();
    await inspect(page, '4-application', variant);
    await page.locator('#field-emailAddress').fill('taro');
    await page.locator('#field-postalCode').fill('104');
    await page.locator('#field-phone').fill('');
    await page.locator('#next').click();
    await summaryHasFocus(page);
    assert.equal(await page.locator('#problem li').count(), 3);
    await inspect(page, '4-application-errors', variant);
    await page.reload();
    await page.locator('#notices button').click();

    await save(page);
    await inspect(page, '5-review', variant);

    for (const name of ['help', 'install', 'browsers', 'contact', 'terms', 'privacy', 'repository']) {
      await page.goto(`/${name}.html`);
      await page.locator('.site-footer a').first().waitFor();
      await inspect(page, name, variant);
    }
    await page.close();
  });
}

test('step 1: a mistyped code is told without a request', async () => {
  const page = await newPage(browser, japanese);
  let requests = 0;
  page.on('request', (request) => (requests += Number(request.url().includes('/api/'))));
  await page.locator('#field-certificateCode').fill('7K3M-9QX2-TB50-VWHN-8C1D-RZ4P-J6E0');
  await page.locator('#field-emailAddress').focus();
  await page.locator('#error-certificateCode').waitFor();
  assert.equal(requests, 0);
  await page.close();
});

test('step 1: a press on the button counts although an error above it goes away meanwhile', async () => {
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

test('step 1: too many attempts say when to try again', async () => {
  const page = await newPage(browser, japanese);
  await page.route('**/api/session', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'Retry-After': '45', 'Content-Type': 'application/problem+json' },
      json: { type: '/problems/too-many-attempts', title: '試行が多すぎます', status: 429, detail: '時間をおいてください。' },
    }),
  );
  await page.locator('#field-emailAddress').fill(account.emailAddress);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#field-certificateCode').fill(account.certificateCode);
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  await page.getByText('45秒後').waitFor();
  await inspect(page, '1-identity-throttled', japanese);
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

test('the language changes in place and stays chosen', async () => {
  const page = await newPage(browser, japanese);
  await titleIs(page, 'ステップ 1/6：利用者確認 | 電子証明書 再発行サービス');
  await page.locator('#field-emailAddress').fill('taro@example.co.jp');
  await page.getByRole('link', { name: 'English' }).click();
  await titleIs(page, 'Step 1 of 6: Identity check | Certificate Reissue Service');
  assert.equal(await page.locator('#field-emailAddress').inputValue(), 'taro@example.co.jp');
  await page.goto('/help.html');
  await titleIs(page, 'Help | Certificate Reissue Service');
  await page.close();
});

test('a page without a session leads to step 1 and says why', async () => {
  const page = await newPage(browser, japanese);
  for (const name of ['certificates', `certificate`, 'application', 'review', 'receipt']) {
    await page.goto(`/${name}.html?coupon=${coupon}&number=7QX2-9M4K-TB5C`);
    await page.waitForURL('**/index.html?from=session-missing*');
    await page.locator('#notices p').waitFor();
  }
  await inspect(page, '1-identity-session-missing', japanese);
  await page.close();
});

test('a page that is not its turn leads to the page that is, and says why', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await page.goto('/review.html');
  await page.waitForURL('**/*.html?from=step-out-of-order');
  await page.locator('#notices p').waitFor();
  await page.close();
});

test('what was entered survives a reload, the way back and forward, and a failing server', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  const typed = '日東ﾋﾞﾙ１４Ｆ';
  await page.locator('#field-building').fill(typed);
  await page.reload();
  await page.locator('#application').waitFor();
  assert.equal(await page.locator('#field-building').inputValue(), typed);
  await inspect(page, '4-application-restored', japanese);
  await page.goBack();
  await page.locator('#acknowledgement').waitFor();
  await page.goForward();
  await page.locator('#application').waitFor();
  assert.equal(await page.locator('#field-building').inputValue(), typed);

  await page.route('**/api/application', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }), { times: 1 });
  await page.locator('#next').click();
  await summaryHasFocus(page);
  await inspect(page, '4-application-server-failure', japanese);
  await page.locator('#problem button').click();
  await page.waitForURL('**/review.html');
  await page.getByText('日東ビル14F').waitFor();
  await page.close();
});

test("another tab's change is told, and the own input is one press away", async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  const other = await page.context().newPage();
  await other.goto('/application.html');
  await other.locator('#field-building').fill('別館');
  await save(other);
  await page.locator('#field-building').fill('本館');
  await page.locator('#next').click();
  await page.locator('#notices button').waitFor();
  assert.equal(await page.locator('#field-building').inputValue(), '別館');
  await inspect(page, '4-application-changed', japanese);
  await page.locator('#notices button').click();
  assert.equal(await page.locator('#field-building').inputValue(), '本館');
  await save(page);
  await page.getByText('本館').waitFor();
  await page.close();
});

test('the words of the server stand beside the field and in the summary', async () => {
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

test('the session is extended by activity, warns two minutes before its end, and says when it is over', async () => {
  const page = await newPage(browser, japanese);
  await page.clock.install();
  await identify(page, account);
  await choose(page, coupon);

  await page.clock.fastForward('03:00');
  await page.locator('#field-city').press('End');
  await page.waitForFunction(() => {
    const { expiresAt } = JSON.parse(localStorage.getItem('cert-reissue.session') ?? '{}');
    return expiresAt - Date.now() > 14 * 60_000;
  });

  await page.clock.fastForward('13:30');
  await page.locator('dialog').waitFor();
  await inspect(page, 'session-warning', japanese);
  await page.locator('dialog button').first().click();
  await page.locator('dialog').waitFor({ state: 'detached' });

  await page.clock.fastForward('15:01');
  await page.locator('dialog a').waitFor();
  await inspect(page, 'session-ended', japanese);
  await page.locator('dialog a').click();
  await page.waitForURL('**/index.html?from=session-ended');
  await page.close();
});

test('logging out ends the session and forgets what was entered', async () => {
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

test('all six steps: one submission in spite of a lost answer, the receipt and the mail', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  await choose(page, coupon);
  await page.locator('#field-departmentJa').fill('経理ｶﾞ12');
  await page.locator('#field-postalCode').fill('〒１０４−００２８');
  await page.locator('#field-street').fill('八重洲２ー８ー１');
  await page.locator('#field-phone').fill('03（5000）1111');
  await page.locator('#field-city').focus();
  assert.equal(await page.locator('#field-phone').inputValue(), '0350001111');
  await save(page);
  for (const text of ['経理ガ１２', '1040028', '八重洲2-8-1', '0350001111']) {
    await page.getByText(text, { exact: true }).waitFor();
  }

  await page.locator('a[href$="#field-titleJa"]').click();
  await page.waitForFunction(() => document.activeElement?.id === 'field-titleJa');
  await page.locator('#field-titleJa').fill('取締役');
  await save(page);
  await page.getByText('取締役').waitFor();

  /** @type {(string | undefined)[]} */
  const keys = [];
  await page.route('**/api/application/submission', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.locator('#submit').dblclick();
  await summaryHasFocus(page);
  await inspect(page, '5-review-network-failure', japanese);
  await page.locator('#submit').dblclick();
  await page.waitForURL('**/receipt.html?number=*');
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);

  await page.locator('.receipt-number').waitFor();
  const receiptNumber = await page.locator('.receipt-number').textContent();
  assert.match(receiptNumber ?? '', /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
  await mailTo(page, account.emailAddress);
  await answerOf(page, `/api/receipts/${receiptNumber}`, ({ mail }) => mail.state === 'delivered');
  await page.getByRole('button', { name: '最新の状況を表示' }).click();
  await page.getByText('へ送りました。').waitFor();
  await page.getByText('の受信サーバーに届きました。').waitFor();
  for (const variant of variants) {
    await page.setViewportSize({ width: variant.width, height: 800 });
    await page.goto(`/receipt.html?number=${receiptNumber}&lang=${variant.language}`);
    await page.locator('.receipt-number').waitFor();
    await inspect(page, '6-receipt', variant);
  }
  await page.emulateMedia({ media: 'print' });
  await inspect(page, '6-receipt-print', /** @type {Variant} */ (variants[3]));
  await page.close();
});

test('after it the list offers the certificate no more, but the receipt', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  assert.equal(await page.getByRole('link', { name: coupon, exact: true }).count(), 0);
  await inspect(page, '2-certificates-after', japanese);
  await page.locator('a[href^="receipt.html"]').first().click();
  await page.locator('.receipt-number').waitFor();
  await page.close();
});

// Last, because a failed check slows down the next one.
test('step 1: a wrong credential gives one message, keeps what was typed and moves the focus', async () => {
  const page = await newPage(browser, japanese);
  await page.locator('#field-emailAddress').fill('ｎｏｂｏｄｙ＠ＥＸＡＭＰＬＥ．ｃｏｍ');
  await page.locator('#field-applicationPassword').fill('wrong password');
  await page.locator('#field-certificateCode').fill('wrong-code');
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#field-emailAddress').inputValue(), 'nobody@example.com');
  assert.equal(await page.locator('#field-applicationPassword').inputValue(), 'wrong password');
  assert.equal(await page.locator('#field-certificateCode').inputValue(), 'wrong-code');
  assert.equal(await page.locator('#problem li').count(), 0);
  await inspect(page, '1-identity-failed', japanese);
  await page.close();
});
