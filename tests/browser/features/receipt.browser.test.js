/**
 * Checks that the receipt can be reopened and printed, and that it shows events about the certificate and the email.
 */
import assert from 'node:assert/strict';

import { summaryHasFocus } from '../browser.js';
import { answerOf, choose, couponOf, freshAccounts, identify, mailTo, reissue, save, secondIsOver, sendCredentials, submit } from '../stack.js';
import { feature, textIn, visit } from './feature.js';

/** @typedef {import('../../../web/js/api.js').Schemas['Receipt']} Receipt */

feature(13, 'a receipt that can be bookmarked and printed: number, timeline, masked address, resend', async ({ page, variant, say, date }) => {
  const { one } = await freshAccounts();
  const number = await reissue(page, one);
  assert.match(number, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
  await mailTo(page, one.emailAddress);
  /** @type {Receipt} */
  const receipt = await answerOf(
    page,
    `/api/receipts/${number}`,
    ({ timeline, mail }) => mail.state === 'delivered' && timeline.some((/** @type {{ event: string, crlNumber?: number }} */ { event, crlNumber }) => event === 'listed' && crlNumber),
  );

  // Open the bookmarked receipt in another browser.
  await visit(variant, async ({ page: later }) => {
    await later.goto(`/receipt.html?number=${number}`);
    await later.waitForURL('**/index.html?from=session-missing*');
    await sendCredentials(later, one);
    await later.waitForURL(`**/receipt.html?number=${number}`);
    await later.locator('.timeline').waitFor();
    assert.equal(await later.locator('.receipt-number').innerText(), number);
    // The list of certificates also links to the receipt, and no longer offers the certificate.
    await later.goto('/certificates.html');
    await later.locator('.result-count').waitFor();
    assert.equal(await later.locator('table a').count(), 0);
    await later.locator(`a[href="receipt.html?number=${number}"]`).click();
    await later.locator('.timeline').waitFor();
  });

  await page.getByRole('button', { name: say('receipt.refresh') }).click();
  const listed = receipt.timeline.find(({ event }) => event === 'listed');
  const address = receipt.mail.maskedAddress;
  const events = [
    say('receipt.event.accepted'),
    say('receipt.event.revoked'),
    say('receipt.event.listed', { crl: listed?.crl ?? '', number: listed?.crlNumber ?? '' }),
    say('receipt.event.codeSent', { address }),
    say('receipt.event.codeDelivered', { address }),
  ];
  for (const event of events) {
    const item = page.locator('.timeline li', { hasText: event });
    assert.ok((await item.innerText()).includes(date(new Date(receipt.acceptedAt))), event);
  }
  assert.ok(address.includes('***'));
  assert.ok(!(await textIn(page, 'main')).includes(one.emailAddress));

  await page.emulateMedia({ media: 'print' });
  const printed = await textIn(page, 'main');
  for (const text of [number, ...events]) assert.ok(printed.includes(text), text);
  for (const selector of ['.site-header', '.site-footer', 'main button']) {
    for (const element of await page.locator(selector).all()) assert.equal(await element.isVisible(), false, `${selector} is printed`);
  }
  await page.emulateMedia({ media: 'screen' });
  let prints = 0;
  await page.exposeFunction('printed', () => (prints += 1));
  await page.evaluate(() => Object.assign(window, { print: () => /** @type {any} */ (window).printed() }));
  await page.getByRole('button', { name: say('receipt.print') }).click();
  assert.equal(prints, 1);
});

feature(13, 'a resend, with its limit and the time from which it is possible', async ({ page, say, date }) => {
  const { one } = await freshAccounts();
  const number = await reissue(page, one);
  await mailTo(page, one.emailAddress);
  /** @type {Receipt} */
  const receipt = await answerOf(page, `/api/receipts/${number}`, ({ resend }) => resend.reason === 'tooSoon');
  await page.reload();
  const { notBefore, remaining } = receipt.resend;
  const [untilTime = '', afterTime = ''] = say('receipt.noResend.tooSoon', { time: '|', count: remaining }).split('|');
  const told = page.locator('p', { hasText: afterTime });
  assert.ok((await told.innerText()).includes(`${untilTime}${date(new Date(String(notBefore)))}`));
  assert.equal(await page.locator('#resend').count(), 0);

  // The page shows a receipt from five minutes later. The stack refuses the resend, because the stack's clock has not
  // advanced.
  const later = { ...receipt, resend: { possible: true, reason: null, notBefore: null, remaining } };
  await page.route(`**/api/receipts/${number}`, (route) => route.fulfill({ json: later }));
  await page.reload();
  await page.getByText(say('receipt.resendLimit', { count: remaining })).waitFor();
  await page.locator('#resend').click();
  await summaryHasFocus(page);

  const resent = { ...receipt, resend: { ...receipt.resend, remaining: remaining - 1 } };
  await page.route('**/resend', (route) => route.fulfill({ status: 202, json: resent }));
  await page.locator('#resend').click();
  await page.getByText(say('receipt.resent', { address: receipt.mail.maskedAddress })).waitFor();
  assert.equal(await page.locator('#problem').innerText(), '');
  assert.equal(await page.locator('#resend').count(), 0);
});

feature(13, 'a bounced email is reported, and its address corrected after a new identity check', async ({ page, say }) => {
  const { one } = await freshAccounts();
  await identify(page, one);
  await choose(page, couponOf(one));
  await page.locator('#field-emailAddress').fill('bounce@simulator.amazonses.com');
  await save(page);
  await page.locator('#field-applicationPassword').fill(one.applicationPassword);
  const number = await submit(page);
  /** @type {Receipt} */
  const { acceptedAt, mail } = await answerOf(page, `/api/receipts/${number}`, ({ mail: { state } }) => state === 'bounced');
  await page.reload();
  await page.getByRole('heading', { name: say('receipt.mailTrouble.bounced') }).waitFor();
  assert.equal(mail.bounce, 'undeliverable');
  await page.getByText(say('receipt.mailRemedy.undeliverable', { address: mail.maskedAddress })).waitFor();
  await page.locator('.timeline li', { hasText: say('receipt.event.codeBounced', { address: mail.maskedAddress }) }).waitFor();

  await page.getByRole('link', { name: say('correction.toPage') }).first().click();
  await page.getByText(say('correction.checkFirst')).waitFor();
  assert.equal(await page.locator('#correction').isVisible(), false);
  await page.getByRole('link', { name: say('correction.toCheck') }).click();
  await page.getByText(say('from.identity-check-required')).waitFor();
  await secondIsOver(acceptedAt);
  await sendCredentials(page, one);
  await page.waitForURL(`**/correct-address.html?number=${number}`);
  await page.locator('#correct').click();
  await summaryHasFocus(page);

  const corrected = `corrected.${one.emailAddress}`;
  await page.locator('#field-emailAddress').fill(corrected);
  await page.reload();
  await page.locator('#correction').waitFor();
  assert.equal(await page.locator('#field-emailAddress').inputValue(), corrected);
  assert.equal(await page.locator('#field-applicationPassword').inputValue(), '');
  await page.locator('#field-applicationPassword').fill(one.applicationPassword);
  await page.locator('#correct').click();
  await page.waitForURL(`**/receipt.html?number=${number}&from=address-corrected`);
  await page.getByText(say('from.address-corrected')).waitFor();
  const { text } = await mailTo(page, corrected);
  assert.match(text, /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/);
  await page.locator('.timeline li', { hasText: say('receipt.event.addressCorrected') }).waitFor();
  await page.locator('.timeline li', { hasText: say('receipt.event.codeBounced', { address: mail.maskedAddress }) }).waitFor();
});
