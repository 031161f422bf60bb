import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decrypted, encrypted, fromBase64, importKey, keyFrom, newKey, newSalt, toBase64 } from '../../web/js/encryption.js';

const value = { street: '千代田1-1', empty: '' };
const salt = newSalt();
const credentials = ['taro@example.co.jp', 'sakura-2024-melon', 'K7M29QX2'];

test('the same credentials and salt decrypt a value', async () => {
  const text = await encrypted(await keyFrom(credentials, salt), value);
  assert.deepEqual(await decrypted(await keyFrom([...credentials], salt), text), value);
  assert.ok(!text.includes('sakura') && !atob(String(text.split('.')[1])).includes('street'));
});

test('other credentials, another division or another salt decrypt nothing', async () => {
  const text = await encrypted(await keyFrom(credentials, salt), value);
  const [address = '', password = '', code = ''] = credentials;
  for (const wrong of [[address, password, 'X'], [address, 'x', code], [address + password, code], [address, password]]) {
    assert.equal(await decrypted(await keyFrom(wrong, salt), text), null);
  }
  assert.equal(await decrypted(await keyFrom(credentials, newSalt()), text), null);
});

test('a changed or unreadable text decrypts to null', async () => {
  const key = await importKey(newKey());
  const text = await encrypted(key, value);
  const [iv = '', octets = ''] = text.split('.');
  const changed = fromBase64(octets);
  changed[0] = Number(changed[0]) ^ 1;
  for (const wrong of [`${iv}.${toBase64(changed)}`, iv, '', 'x', `${iv}.%`]) assert.equal(await decrypted(key, wrong), null, wrong);
});

test('two encryptions of a value differ', async () => {
  const key = await importKey(newKey());
  assert.notEqual(await encrypted(key, value), await encrypted(key, value));
});

test('keys from credentials use 600 000 iterations and are not extractable', async (context) => {
  const derive = context.mock.method(crypto.subtle, 'deriveKey');
  const key = await keyFrom(credentials, salt);
  const { salt: _salt, ...derivation } = /** @type {Pbkdf2Params} */ (derive.mock.calls[0]?.arguments[0]);
  assert.deepEqual(derivation, { name: 'PBKDF2', hash: 'SHA-256', iterations: 600_000 });
  assert.equal(key.extractable, false);
  assert.equal((await importKey(newKey())).extractable, false);
});
