/** Checks that the private key stays in the browser, and that the saved files match the details on the page. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after } from 'node:test';

import { opened, openssl, temporaryFolder } from '../pki.js';
import { codeIn, freshAccounts, mailTo, reissue } from '../stack.js';
import { feature } from './feature.js';
import { encodings, secretsOf } from './secrets.js';

/**
 * @typedef {import('./feature.js').Visit} Visit
 * @typedef {import('../browser.js').Page} Page
 * @typedef {{ method: string, url: string, headers: Record<string, string>, body: Buffer | null }} Sent
 */

const PASSWORD = 'Xk7!pQ2#mZ9$vW';
const folder = temporaryFolder();
after(() => folder.remove());

feature(11, 'the private key is born in the browser and never leaves it; only a CSR is sent', async (visit) => {
  const { page } = visit;
  const recording = record(page);
  const { account, code } = await issued(page);
  const { file } = await saved(visit, 0);
  await saved(visit, 1);
  await page.locator('#finish').click();
  await page.locator('#issued .notice-success').waitFor();
  const { requests, sockets } = await recording();
  assert.equal(sockets, 0);

  const privateKey = openssl(['pkcs12', '-in', file, '-passin', `pass:${PASSWORD}`, '-nocerts', '-noenc']);
  const secrets = secretsOf(privateKey);
  assert.ok(secrets.length > 5);
  for (const { name, octets } of [...secrets, { name: 'password of the file', octets: Buffer.from(PASSWORD) }]) {
    for (const { encoding, form } of encodings(octets)) {
      for (const sent of requests) {
        assert.ok(!everything(sent).includes(form), `${name}, ${encoding}, in ${sent.method} ${sent.url}`);
      }
    }
  }
  // The same search must find the public key, because the certification request contains it.
  const modulus = openssl(['rsa', '-noout', '-modulus'], privateKey).trim().replace('Modulus=', '');
  const posts = requests.filter(({ method }) => method !== 'GET');
  const found = posts.filter(({ body }) => requestIn(body)?.includes(Buffer.from(modulus, 'hex')));
  assert.deepEqual(found.map(({ url }) => new URL(url).pathname), ['/api/pickup/certificate']);
  const [{ body } = { body: null }] = found;
  assert.deepEqual(Object.keys(JSON.parse(String(body))), ['certificateCode', 'applicationPassword', 'certificationRequest']);

  const credentials = [account.applicationPassword, code, code.replaceAll('-', '')];
  for (const { url, method } of requests) {
    for (const credential of credentials) assert.ok(!url.includes(credential), `${method} ${url}`);
  }
  keepRecord(visit, requests, [...credentials, account.certificateCode.replaceAll('-', '')]);
});

feature(14, 'pick-up confirms the match (fingerprint, subject), gives .p12 in two forms, and install help for each OS', async (visit) => {
  const { page, say } = visit;
  await issued(page);
  const modern = await saved(visit, 0);
  const compatible = await saved(visit, 1, ['-legacy']);
  assert.match(modern.contents.described, /PBES2, PBKDF2, AES-256-CBC, Iteration 600000/);
  assert.match(compatible.contents.described, /pbeWithSHA1And3-KeyTripleDES-CBC/);
  for (const { contents } of [modern, compatible]) {
    assert.equal(contents.matches, true);
    assert.equal(contents.certificate, modern.contents.certificate);
  }

  const facts = (await page.locator('#issued .descriptions').textContent()) ?? '';
  const { certificate } = modern.contents;
  const told = (/** @type {string[]} */ ...options) => openssl(['x509', '-noout', ...options], certificate).trim();
  assert.ok(facts.includes(told('-fingerprint', '-sha256').replace(/^.*=/, '').toLowerCase()));
  assert.ok(facts.includes(told('-serial').replace('serial=', '').toLowerCase().replace(/..(?=.)/g, '$&:')));
  const subject = told('-subject', '-nameopt', 'multiline,utf8,-esc_msb,-align');
  for (const [, value = ''] of subject.matchAll(/(?:commonName|organizationName|organizationIdentifier|countryName) = (.*)/g)) {
    assert.ok(facts.includes(value), value);
  }
  assert.match(subject, /commonName = Mihon Taro/);
  assert.ok(facts.includes(told('-ext', 'subjectAltName').replace(/^[^]*email:/, '')));
  await page.getByText(say('pickUp.compare')).waitFor();

  const help = page.locator('#issued a[href^="install.html#"]');
  const anchors = await help.evaluateAll((links) => links.map((link) => new URL(/** @type {HTMLAnchorElement} */ (link).href).hash.slice(1)));
  assert.deepEqual(anchors, ['windows', 'macos', 'ios', 'android', 'thunderbird', 'outlook']);
  const [tab] = await Promise.all([page.waitForEvent('popup'), help.first().click()]);
  for (const anchor of anchors) {
    await tab.goto(`/install.html#${anchor}`);
    await tab.locator(`#${anchor} h2:visible`).waitFor();
  }
});

/** Completes all steps from step 1 to the issued certificate. @param {Page} page */
async function issued(page) {
  const { one: account } = await freshAccounts();
  await reissue(page, account);
  const { text } = await mailTo(page, account.emailAddress);
  const code = codeIn(text);
  await page.goto('/pick-up.html');
  await page.locator('#field-certificateCode').fill(code);
  await page.locator('#field-applicationPassword').fill(account.applicationPassword);
  await page.locator('#check').click();
  await page.locator('#file').waitFor();
  await page.locator('#field-filePassword').fill(PASSWORD);
  await page.locator('#field-written').check();
  await page.locator('#pick-up').click();
  // Generating a 3072-bit key is slow.
  await page.locator('#issued').waitFor({ timeout: 60_000 });
  return { account, code };
}

/** @param {Visit} visit @param {number} index of the form @param {string[]} [options] of openssl */
async function saved({ page, variant: { language, width } }, index, options) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#issued .card a').nth(index).click()]);
  const file = folder.path(`${language}-${width}-${download.suggestedFilename()}`);
  await download.saveAs(file);
  return { file, contents: opened(file, PASSWORD, options) };
}

/** Records all further requests of the browser, from all pages and workers. @param {Page} page */
function record(page) {
  /** @type {Promise<Sent>[]} */
  const requests = [];
  let sockets = 0;
  page.context().on('request', (request) => requests.push(sentBy(request)));
  page.on('websocket', () => (sockets += 1));
  return async () => ({ requests: await Promise.all(requests), sockets });
}

/** @param {import('playwright-core').Request} request @returns {Promise<Sent>} */
async function sentBy(request) {
  const sent = { method: request.method(), url: request.url(), body: request.postDataBuffer() };
  return { ...sent, headers: await request.allHeaders() };
}

/** Returns the bytes of a request, with and without line breaks. @param {Sent} sent */
function everything({ method, url, headers, body }) {
  const head = Buffer.from(`${method} ${url} ${JSON.stringify(headers)}\n`);
  const inOneLine = Buffer.from(body?.toString('latin1').replace(/\\[nr]|\s/g, '') ?? '', 'latin1');
  return Buffer.concat([head, body ?? Buffer.alloc(0), inOneLine]);
}

/** Returns the certification request that was sent, in DER. @param {Buffer | null} body */
function requestIn(body) {
  const [, base64] = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-----END/.exec(body?.toString().replaceAll('\\n', '\n') ?? '') ?? [];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}

/**
 * Saves the sent requests in out/ for review.
 *
 * @param {Visit} visit
 * @param {Sent[]} requests
 * @param {string[]} credentials
 */
function keepRecord({ variant: { language, width } }, requests, credentials) {
  const redacted = (/** @type {string} */ text) => credentials.reduce((rest, each) => rest.replaceAll(each, '(a credential)'), text);
  const lines = requests.map(({ method, url, headers: { cookie, ...headers }, body }) => ({
    method,
    url: new URL(url).pathname + new URL(url).search,
    headers: { ...headers, ...(cookie && { cookie: '(a session)' }) },
    body: body && redacted(body.toString()),
  }));
  mkdirSync(new URL('../out/', import.meta.url), { recursive: true });
  writeFileSync(new URL(`../out/traffic-${language}-${width}.json`, import.meta.url), `${JSON.stringify(lines, null, 2)}\n`);
}
