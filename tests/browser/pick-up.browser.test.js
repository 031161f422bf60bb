/** Completes the pick-up on the running stack, from step 1 to a file that openssl can open. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, variants } from './browser.js';
import { opened, openssl, temporaryFolder } from './pki.js';
import { answerOf, baseURL, choose, identify, mailTo, newPage, save, twoCertificatesAccount } from './stack.js';

/** @typedef {import('./browser.js').Variant} Variant */

/** @type {import('./browser.js').Browser} */
let browser;
/** @type {import('./stack.js').Account} */
let account;
const japanese = /** @type {Variant} */ (variants[0]);
const folder = temporaryFolder();
const password = 'Xk7!pQ2#mZ9$vW';

/** Results of the first test that the other tests need. */
const found = { certificate: '', oldSerial: '', receiptNumber: '' };

before(async () => {
  browser = await launch();
  account = await twoCertificatesAccount();
  folder.write('ca.pem', await (await fetch(new URL('/ca.pem', baseURL))).text());
});
after(async () => {
  await browser.close();
  folder.remove();
});

test('a reissue ends with a file whose key fits the new certificate', async () => {
  const page = await newPage(browser, japanese);
  page.setDefaultTimeout(60_000);
  await identify(page, account);
  await choose(page, /** @type {string} */ (account.couponNumbers[0]));
  await save(page);
  await page.locator('#submit').click();
  await page.waitForURL('**/receipt.html?number=*');
  await page.locator('.timeline').waitFor();
  found.receiptNumber = new URL(page.url()).searchParams.get('number') ?? '';
  found.oldSerial = (await page.locator('.serial').first().textContent())?.replaceAll(':', '') ?? '';

  const { text } = await mailTo(page, account.emailAddress);
  const code = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/.exec(text)?.[0];
  assert.ok(code);
  await page.goto('/pick-up.html');
  await page.locator('#field-certificateCode').fill(code);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#check').click();
  await page.locator('#file').waitFor();
  await page.locator('#field-filePassword').fill(password);
  await page.locator('#field-written').check();
  await page.locator('#pick-up').click();
  await page.locator('#issued').waitFor();
  for (const [index, options] of /** @type {[number, string[]][]} */ ([[0, []], [1, ['-legacy']]])) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#issued .card a').nth(index).click()]);
    const file = folder.path(download.suggestedFilename());
    await download.saveAs(file);
    const { matches, certificate } = opened(file, password, options);
    assert.equal(matches, true);
    found.certificate = certificate;
  }
  await page.locator('#finish').click();
  await page.locator('#issued .notice-success').waitFor();

  await page.goto(`/receipt.html?number=${found.receiptNumber}`);
  await page.locator('.timeline li', { hasText: '新しい電子証明書が取得されました。' }).waitFor();
  assert.equal(await page.locator('#resend').count(), 0);
  await page.close();
});

test('the receipt names the CRL that lists the revocation', async () => {
  const page = await newPage(browser, japanese);
  await identify(page, account);
  /** @param {import('../../web/js/api.js').Schemas['Receipt']} receipt */
  const isListed = ({ timeline }) => timeline.some(({ event, crlNumber }) => event === 'listed' && crlNumber !== undefined);
  await answerOf(page, `/api/receipts/${found.receiptNumber}`, isListed);
  await page.close();
});

test('openssl accepts the new certificate and finds the old one revoked', async () => {
  /** @param {string} name @param {string} certificate */
  const verify = async (name, certificate) => {
    const named = openssl(['x509', '-noout', '-ext', 'crlDistributionPoints'], certificate);
    const shard = await published(/URI:(\S+)/.exec(named)?.[1] ?? '', `${name}.crl`);
    const chain = ['-CAfile', folder.path('ca.pem'), '-CRLfile', shard, '-crl_check', '-purpose', 'smimesign'];
    return openssl(['verify', ...chain, folder.write(`${name}.pem`, certificate)]);
  };
  assert.match(await verify('new', found.certificate), /: OK/);
  const old = /** @type {string} */ (account.certificates[0]);
  await assert.rejects(verify('old', old), /certificate revoked/);
  const complete = await published('/crl/complete.crl', 'complete.crl');
  const text = openssl(['crl', '-in', complete, '-CAfile', folder.path('ca.pem'), '-noout', '-text']);
  assert.ok(text.toLowerCase().includes(`serial number: ${found.oldSerial}`));
});

test('OCSP answers good for the new and revoked for the old certificate', () => {
  const responder = openssl(['x509', '-noout', '-ocsp_uri'], found.certificate).trim();
  const file = folder.write('new.pem', found.certificate);
  const asked = ['ocsp', '-issuer', folder.path('ca.pem'), '-CAfile', folder.path('ca.pem'), '-url', responder];
  assert.match(openssl([...asked, '-cert', file]), /new\.pem: good/);
  assert.match(openssl([...asked, '-serial', `0x${found.oldSerial}`]), /: revoked/);
});

/**
 * Returns a published CRL in PEM.
 *
 * @param {string} address
 * @param {string} name
 */
async function published(address, name) {
  const response = await fetch(new URL(address, baseURL));
  assert.equal(response.status, 200, address);
  const der = folder.write(`${name}.der`, new Uint8Array(await response.arrayBuffer()));
  return folder.write(name, openssl(['crl', '-inform', 'DER', '-in', der]));
}
