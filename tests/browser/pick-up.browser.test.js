/** From step 1 to a file that openssl opens, on the running stack. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, variants } from './browser.js';
import { opened, openssl, temporaryFolder } from './pki.js';
import { baseURL, choose, identify, mailTo, newPage, save, twoCertificatesAccount } from './stack.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

/** @type {import('./browser.js').Browser} */
let browser;
const folder = temporaryFolder();
const password = 'Xk7!pQ2#mZ9$vW';

/** What the first test leaves for the others. */
const found = { certificate: '', oldSerial: '' };

before(async () => {
  browser = await launch();
  folder.write('ca.pem', await (await fetch(new URL('/ca.pem', baseURL))).text());
});
after(async () => {
  await browser.close();
  folder.remove();
});

test('a reissue ends with a file whose key fits the new certificate', async () => {
  const account = await twoCertificatesAccount();
  const page = await newPage(browser, /** @type {Variant} */ (variants[0]));
  page.setDefaultTimeout(60_000);
  await identify(page, account);
  await choose(page, /** @type {string} */ (account.couponNumbers[0]));
  await save(page);
  await page.locator('#submit').click();
  await page.waitForURL('**/receipt.html?number=*');
  await page.locator('.timeline').waitFor();
  const receiptAddress = page.url();
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

  await page.goto(receiptAddress);
  const events = await page.waitForFunction(async () => {
    const number = new URLSearchParams(location.search).get('number');
    const { timeline } = await (await fetch(`/api/receipts/${number}`)).json();
    const names = timeline.map((/** @type {{ event: string }} */ { event }) => event);
    return ['pickedUp', 'listed'].every((each) => names.includes(each)) && names;
  });
  assert.deepEqual((await events.jsonValue()).sort(), ['accepted', 'codeSent', 'listed', 'pickedUp', 'revoked']);
  await page.close();
});

test('openssl accepts the new certificate with the CRL that it names, and the old one is on the complete CRL', async () => {
  const named = openssl(['x509', '-noout', '-ext', 'crlDistributionPoints'], found.certificate);
  const shard = await published(/URI:(\S+)/.exec(named)?.[1] ?? '', 'shard.crl');
  const chain = ['-CAfile', folder.path('ca.pem'), '-CRLfile', shard, '-crl_check', '-purpose', 'smimesign'];
  assert.match(openssl(['verify', ...chain, folder.write('new.pem', found.certificate)]), /: OK/);
  const complete = await published('/crl/complete.crl', 'complete.crl');
  const text = openssl(['crl', '-in', complete, '-CAfile', folder.path('ca.pem'), '-noout', '-text']);
  assert.ok(text.toLowerCase().includes(`serial number: ${found.oldSerial}`));
});

test('the OCSP responder says good of the new certificate and revoked of the old one', () => {
  const responder = openssl(['x509', '-noout', '-ocsp_uri'], found.certificate).trim();
  const asked = ['ocsp', '-issuer', folder.path('ca.pem'), '-CAfile', folder.path('ca.pem'), '-url', responder];
  assert.match(openssl([...asked, '-cert', folder.path('new.pem')]), /new\.pem: good/);
  assert.match(openssl([...asked, '-serial', `0x${found.oldSerial}`]), /: revoked/);
});

/**
 * A published CRL, in PEM.
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
