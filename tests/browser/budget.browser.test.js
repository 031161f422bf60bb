/** Limits the size of the files that a browser loads before step 1 is usable. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { launch, variants } from './browser.js';
import { baseURL } from './stack.js';

/**
 * Size limits in octets for compressed files, including headers. CloudFront compresses the files. The local stack does
 * not compress files, so the test compresses them. HTTP/2 and HTTP/3 send a repeated header as an index, so the test
 * counts a repeated header as two octets (RFC 7541 §6.1).
 */
const MOST_FOR_STEP_1 = 60_000;
const LARGEST_SCRIPT = 30_000;
const REPEATED_HEADER = 2;

/** @type {import('./browser.js').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const { language, width } of variants) {
  test(`step 1 loads at most 60 kB, all from the site, in ${language} at ${width} px`, async (context) => {
    const transfers = await transfersOfStep1(language, width);
    const total = transfers.reduce((sum, { octets }) => sum + octets, 0);
    context.diagnostic(`step 1 in ${language} at ${width} px: ${total} octets in ${transfers.length} answers`);
    assert.ok(transfers.length > 10);
    assert.ok(total <= MOST_FOR_STEP_1, describe(transfers));
    assert.deepEqual(new Set(transfers.map(({ url }) => new URL(url).origin)), new Set([new URL(baseURL).origin]));
    // pages.page.test.js measures the scripts of the other steps.
    for (const { url, type, size } of transfers) if (type === 'script') assert.ok(size <= LARGEST_SCRIPT, `${url}: ${size}`);
  });
}

/** @typedef {{ url: string, type: string, size: number, octets: number }} Transfer size uncompressed; octets compressed, with headers */

/** @param {string} language @param {number} width @returns {Promise<Transfer[]>} */
async function transfersOfStep1(language, width) {
  const context = await browser.newContext({ baseURL, viewport: { width, height: 800 } });
  const page = await context.newPage();
  /** @type {Promise<Transfer>[]} */
  const transfers = [];
  /** @type {Set<string>} */
  const sent = new Set();
  page.on('response', (response) => transfers.push(transferOf(response, sent)));
  await page.goto(`/index.html?lang=${language}`);
  await page.locator('#identity').waitFor();
  const done = await Promise.all(transfers);
  await context.close();
  return done;
}

/**
 * @param {import('playwright-core').Response} response
 * @param {Set<string>} sent the headers of earlier responses
 * @returns {Promise<Transfer>}
 */
async function transferOf(response, sent) {
  const body = await response.body().catch(() => Buffer.alloc(0));
  const headers = await response.headersArray();
  const head = headers.reduce((sum, header) => sum + octetsOfHeader(header, sent), 0);
  const type = response.request().resourceType();
  return { url: response.url(), type, size: body.length, octets: gzipSync(body).length + head };
}

/** @param {{ name: string, value: string }} header @param {Set<string>} sent */
function octetsOfHeader({ name, value }, sent) {
  const line = `${name}: ${value}\r\n`;
  if (sent.has(line)) return REPEATED_HEADER;
  sent.add(line);
  return Buffer.byteLength(line);
}

/** @param {Transfer[]} transfers */
function describe(transfers) {
  return transfers.map(({ url, octets }) => `${octets} ${url}`).join('\n');
}
