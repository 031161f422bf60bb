/** Checks that a submission requires an acknowledgement, and that each effect of the submission occurs exactly once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { summaryHasFocus } from '../browser.js';
import { answerOf, choose, codeIn, couponOf, freshAccounts, identify, mailTo, pickUpTimingURL, save, submit } from '../stack.js';
import { feature, textIn } from './feature.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('../browser.js').Variant} Variant
 * @typedef {import('../../../web/js/api.js').Schemas} Schemas
 */

const PARALLEL_POSTS = 20;

feature(2, 'a double submit makes one application and one mail; the second call gets the same receipt', async ({ page }) => {
  const { two } = await freshAccounts();
  await identify(page, two);
  await choose(page, couponOf(two));
  await save(page);
  const sent = page.waitForRequest('**/api/application/submission');
  await page.route('**/api/application/submission', (route) => route.abort(), { times: 1 });
  await page.locator('#submit').click();
  const { key, body } = await keyAndBody(await sent);
  const answers = await page.evaluate(
    ({ posts, headers, content }) =>
      Promise.all(
        Array.from({ length: posts }, async () => {
          const answer = await fetch('/api/application/submission', { method: 'POST', headers, body: content });
          return { status: answer.status, receipt: await answer.json() };
        }),
      ),
    { posts: PARALLEL_POSTS, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, content: body },
  );
  assert.equal(answers.length, PARALLEL_POSTS);
  assert.deepEqual(answers.filter(({ status }) => status !== 201), []);
  const numbers = new Set(answers.map(({ receipt }) => receipt.receiptNumber));
  assert.equal(numbers.size, 1);

  // The subscriber has not received any of these responses, and presses the button again.
  const number = await submit(page);
  assert.deepEqual([...numbers], [number]);
  await onlyMailTo(page, two.emailAddress, number);

  // The subscriber presses the button twice at the same time. The response is lost, and the subscriber presses the
  // button two more times.
  await page.goto('/index.html');
  await identify(page, two);
  await choose(page, couponOf(two, 1));
  await save(page);
  /** @type {string[]} */
  const keys = [];
  await page.route('**/api/application/submission', async (route) => {
    keys.push((await keyAndBody(route.request())).key);
    if (keys.length > 1) return route.continue();
    await route.fetch({ headers: { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' } });
    return route.abort();
  });
  await page.locator('#submit').dblclick();
  await summaryHasFocus(page);
  await page.locator('#submit').dblclick();
  await page.waitForURL('**/receipt.html?number=*');
  await page.locator('.timeline').waitFor();
  assert.equal(keys.length, 2);
  assert.equal(new Set(keys).size, 1);
});

/** @param {import('playwright-core').Request} request */
async function keyAndBody(request) {
  const { 'idempotency-key': key = '' } = await request.allHeaders();
  assert.notEqual(key, '');
  return { key, body: request.postData() ?? '' };
}

/** @param {Page} page @param {string} address @param {string} receiptNumber */
async function onlyMailTo(page, address, receiptNumber) {
  await answerOf(page, `/api/receipts/${receiptNumber}`, ({ mail }) => mail.state === 'delivered');
  /** @type {{ messages: import('../stack.js').Mail[] }} */
  const { messages } = await answerOf(page, '/local/outbox', () => true);
  assert.equal(messages.filter(({ to }) => to === address).length, 1);
}

feature(9, 'the warning names the certificate, what stops working and when; an explicit acknowledgement, required by the server too', async ({ page, say, date }) => {
  const { one } = await freshAccounts();
  await identify(page, one);
  const coupon = couponOf(one);
  await page.locator('table a').click();
  await page.locator('#acknowledgement').waitFor();
  /** @type {Schemas['CertificatePage']} */
  const { commonName, serialNumber } = await answerOf(page, `/api/certificates/${coupon}`, () => true);
  const warning = await textIn(page, '.notice-warning');
  for (const named of [
    say('certificate.warningHeading', { name: commonName }),
    serialNumber,
    say('certificate.warningUses'),
    say('certificate.warningFinal'),
  ]) {
    assert.ok(warning.includes(named), named);
  }
  assert.ok(warning.includes(date(new Date())));

  const posts = postsOf(page);
  assert.equal(await page.locator('#field-acknowledged').isChecked(), false);
  await page.locator('#next').click();
  await summaryHasFocus(page);
  assert.equal(posts.length, 0);

  for (const body of [{}, { acknowledged: false }, { acknowledged: 'true' }]) {
    const { status, problem } = await page.evaluate(
      async ([path, content]) => {
        const answer = await fetch(String(path), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: String(content) });
        return { status: answer.status, problem: await answer.json() };
      },
      [`/api/certificates/${coupon}/selection`, JSON.stringify(body)],
    );
    assert.equal(status, 422, JSON.stringify(body));
    assert.deepEqual(problem.errors.map((/** @type {{ pointer: string }} */ { pointer }) => pointer), ['/acknowledged']);
  }
  await page.goto('/application.html');
  await page.waitForURL('**/certificates.html?from=step-out-of-order');
});

/** @param {Page} page */
function postsOf(page) {
  /** @type {string[]} */
  const posts = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  return posts;
}

const rule = 'no gap by surprise: the rule in force is stated with the date';

feature(10, `${rule} (revoked at submission)`, async ({ page, say, date }) => {
  const { one } = await freshAccounts();
  await identify(page, one);
  await page.locator('table a').click();
  await page.locator('#acknowledgement').waitFor();
  const today = date(new Date());
  assert.ok((await textIn(page, '.notice-warning')).includes(today));
  await page.getByText(say('certificate.warningGap')).waitFor();
  await page.locator('#field-acknowledged').check();
  await page.locator('#next').click();
  await page.locator('#application').waitFor();
  await save(page);
  assert.ok((await textIn(page, '.notice-warning')).includes(today));
  assert.equal(await page.locator('#submit').innerText(), say('review.submitSubmission'));
  await submit(page);
  const revoked = page.locator('.timeline li', { hasText: say('receipt.event.revoked') });
  assert.ok((await revoked.innerText()).includes(today));
  const { text } = await mailTo(page, one.emailAddress);
  assert.ok(text.includes(today));
});

if (pickUpTimingURL) {
  feature(10, `${rule} (revoked at pick-up)`, async ({ page, say, date }) => {
    const { one } = await freshAccounts(pickUpTimingURL);
    const latest = new Date(Date.now() + 14 * 24 * 60 * 60_000);
    await identify(page, one);
    await page.locator('table a').click();
    await page.locator('#acknowledgement').waitFor();
    assert.ok((await textIn(page, '.notice-warning')).includes(date(latest)));
    assert.equal(await page.getByText(say('certificate.warningGap')).count(), 0);
    await page.locator('#field-acknowledged').check();
    await page.locator('#next').click();
    await page.locator('#application').waitFor();
    await save(page);
    assert.ok((await textIn(page, '.notice-warning')).includes(date(latest)));
    assert.equal(await page.locator('#submit').innerText(), say('review.submitPickup'));
    await submit(page);
    assert.equal(await page.locator('.timeline li', { hasText: say('receipt.event.revoked') }).count(), 0);
    assert.ok((await textIn(page, '.descriptions')).includes(date(latest)));
    const { text } = await mailTo(page, one.emailAddress);
    assert.ok(text.includes(date(latest)));
    await page.goto('/pick-up.html');
    await page.locator('#field-certificateCode').fill(codeIn(text));
    await page.locator('#field-applicationPassword').fill(one.applicationPassword);
    await page.locator('#check').click();
    await page.getByText(say('pickUp.willRevokeHeading')).waitFor();
  }, { stack: pickUpTimingURL });
} else {
  test('feature 10: PICKUP_TIMING_URL names a stack that revokes at pick-up', () => assert.fail('it is not set'));
}
