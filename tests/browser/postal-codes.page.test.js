import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { mock, test } from 'node:test';

import { checkField } from '../../web/js/fields.js';
import { addressesOf, enteredOver } from '../../web/js/postal-codes.js';
import { rules, web } from './site.js';

/** @typedef {import('../../web/js/postal-codes.js').City} City */

const folder = new URL('postal-codes/', web);

/** Replaces `fetch`, which cannot read files in Node.js, and counts the calls. */
const fetching = mock.method(globalThis, 'fetch', async (/** @type {URL} */ address) => {
  assert.ok(address.href.startsWith(folder.href), address.href);
  return new Response(readFileSync(address, 'utf8'));
});

/** @param {string} code */
const textsOf = async (code) => (await addressesOf(code)).map((address) => Object.values(address).join('|'));

test('the lookup returns every address of a postal code', async () => {
  assert.deepEqual(await textsOf('4980000'), ['愛知県|弥富市||', '三重県|桑名郡木曽岬町||']);
  assert.deepEqual(await textsOf('1040028'), ['東京都|中央区|八重洲|']);
  assert.equal((await textsOf('4520961')).length, 66);
});

test("codes of floors and large offices return more detailed addresses", async () => {
  assert.deepEqual(await textsOf('1007012'), ['東京都|千代田区|丸の内|JPタワー12階']);
  assert.deepEqual(await textsOf('1007090'), ['東京都|千代田区|丸の内|JPタワー']);
  assert.deepEqual(await textsOf('1848584'), ['東京都|小金井市|梶野町3-7-2|']);
});

test("explanations in the data of Japan Post are not in addresses", async () => {
  assert.deepEqual(await textsOf('7660002'), ['香川県|仲多度郡琴平町||']);
  assert.deepEqual(await textsOf('7614103'), ['香川県|小豆郡土庄町|甲|', '香川県|小豆郡土庄町|乙|']);
  assert.deepEqual(await textsOf('0295503'), ['穴明', '清水ケ野', '間木野', '湯田'].map((town) => `岩手県|和賀郡西和賀町|${town}|`));
  assert.deepEqual(await textsOf('5220317'), ['滋賀県|犬上郡多賀町|一円|']);
});

test('an unknown code returns no address', async () => {
  assert.deepEqual(await addressesOf('1049999'), []);
  assert.deepEqual(await addressesOf('0000000'), []);
});

test('a file is fetched once, and again only after a failure', async () => {
  fetching.mock.resetCalls();
  fetching.mock.mockImplementationOnce(async () => new Response('[]', { status: 404 }), 0);
  fetching.mock.mockImplementationOnce(async () => Promise.reject(new TypeError('Failed to fetch')), 1);
  await assert.rejects(addressesOf('5300001'));
  await assert.rejects(addressesOf('5300001'));
  assert.deepEqual(await textsOf('5300001'), ['大阪府|大阪市北区|梅田|']);
  await addressesOf('5300002');
  assert.equal(fetching.mock.callCount(), 3);
});

test('a new address keeps the number and floor of the same street', () => {
  const before = { prefecture: '東京都', city: '中央区', street: '八重洲2-8-1', building: '見本ビル13F' };
  const yaesu = { prefecture: '東京都', city: '中央区', street: '八重洲', building: '' };
  assert.deepEqual(enteredOver(yaesu, before), before);
  const kyobashi = { ...yaesu, street: '京橋' };
  assert.deepEqual(enteredOver(kyobashi, before), { ...before, street: '京橋' });
  const cityOnly = { prefecture: '東京都', city: '中央区', street: '', building: '' };
  assert.deepEqual(enteredOver(cityOnly, before), before);
  const otherCity = { prefecture: '愛知県', city: '弥富市', street: '', building: '' };
  assert.deepEqual(enteredOver(otherCity, before), { ...otherCity, building: '見本ビル13F' });
  const floor = { prefecture: '東京都', city: '中央区', street: '八重洲', building: '見本ビル' };
  assert.deepEqual(enteredOver(floor, before), before);
  assert.equal(enteredOver({ ...floor, building: 'JPタワー12階' }, before).building, 'JPタワー12階');
});

test('each prefix has a small file with addresses in normal form', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  assert.equal(files.length, 1000);
  let codes = 0;
  for (const name of files) {
    assert.match(name, /^[0-9]{3}\.json$/);
    const text = readFileSync(new URL(name, folder), 'utf8');
    assert.ok(Buffer.byteLength(text) <= 45_000, `${name}: ${Buffer.byteLength(text)}`);
    /** @type {City[]} */
    const cities = JSON.parse(text);
    const own = new Set(cities.flatMap(([, , places]) => Object.keys(places)));
    codes += own.size;
    for (const last of own) assert.match(last, /^[0-9]{4}$/, name);
    for (const [prefecture, city, places] of cities) {
      const lines = Object.values(places)
        .flat()
        .map((place) => (typeof place === 'string' ? [place, ''] : place));
      staysAsItIs('prefecture', [prefecture]);
      staysAsItIs('city', [city]);
      staysAsItIs('street', lines.map(([street]) => String(street)));
      staysAsItIs('building', lines.map(([, building]) => String(building)));
    }
  }
  assert.ok(codes > 140_000, `${codes}`);
});

/** @param {string} field @param {string[]} values */
function staysAsItIs(field, values) {
  for (const value of values) if (value) assert.deepEqual(checkField(field, value, rules), { value }, value);
}
