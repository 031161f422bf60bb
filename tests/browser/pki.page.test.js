import assert from 'node:assert/strict';
import { createCipheriv, createHash, randomBytes, webcrypto } from 'node:crypto';
import { after, before, test } from 'node:test';

import * as pkijs from 'pkijs';

import { certifies, sha256Fingerprint } from '../../web/js/pki/certificate.js';
import { certificationRequest, makeKeyPair, publicKeyInfo } from '../../web/js/pki/certification-request.js';
import { bmpString, elements, integer, octetString, oid, sequence, setOf } from '../../web/js/pki/der.js';
import { sha1, sha256 } from '../../web/js/pki/hash.js';
import { PURPOSE, deriveKey } from '../../web/js/pki/pkcs12-kdf.js';
import { compatible, modern, pkcs12 } from '../../web/js/pki/pkcs12.js';
import { fromPem, toPem } from '../../web/js/pki/pem.js';
import { encryptTripleDesCbc } from '../../web/js/pki/triple-des.js';
import { authority, opened, openssl, temporaryFolder } from './pki.js';

/** @param {string} hex */
const octets = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
/** @param {Uint8Array} bytes */
const hex = (bytes) => Buffer.from(bytes).toString('hex');
/** @param {number} length */
const random = (length) => Uint8Array.from(randomBytes(length));

const folder = temporaryFolder();
const password = "correct-horse'battery\"&<9";

/** @type {{ keyPair: CryptoKeyPair, request: string, certificates: import('../../web/js/pki/der.js').Octets[],
 *   privateKey: import('../../web/js/pki/der.js').Octets }} */
let own;

before(async () => {
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: /** @type {Crypto} */ (webcrypto) }));
  const keyPair = await makeKeyPair();
  const request = await certificationRequest(keyPair);
  const ca = authority(folder);
  const certificates = [ca.issue(request), ca.certificate].flatMap((pem) => fromPem('CERTIFICATE', pem));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keyPair.privateKey));
  own = { keyPair, request, certificates, privateKey };
});
after(() => folder.remove());

test('lengths, numbers, identifiers and sets are encoded as in X.690', () => {
  assert.equal(hex(integer(0)), '020100');
  assert.equal(hex(integer(127)), '02017f');
  assert.equal(hex(integer(128)), '02020080');
  assert.equal(hex(integer(600_000)), '0203' + '0927c0');
  assert.equal(hex(oid('1.2.840.113549.1.1.11')), '06092a864886f70d01010b');
  assert.equal(hex(oid('2.16.840.1.101.3.4.1.42')), '060960864801650304012a');
  for (const [length, header] of /** @type {[number, string][]} */ ([[127, '047f'], [128, '048180'], [256, '04820100'], [70_000, '0483011170']])) {
    const encoded = octetString(new Uint8Array(length));
    assert.equal(hex(encoded.subarray(0, encoded.length - length)), header);
    assert.equal(elements(encoded)[0]?.content.length, length);
  }
  assert.equal(hex(setOf([octetString(octets('02')), octetString(octets('01')), integer(9)])), '3109' + '020109' + '040101' + '040102');
  assert.throws(() => elements(octets('30050201')), RangeError);
  // The first character is outside the Basic Multilingual Plane.
  assert.equal(hex(bmpString('𠮷田A')), '1e06' + '3013' + '7530' + '0041');
});

test('SHA-1 and SHA-256 agree with Node.js up to three blocks', () => {
  for (let length = 0; length <= 192; length++) {
    const message = random(length);
    for (const hash of [sha1, sha256]) {
      const expected = createHash(hash.name.replace('-', '')).update(message).digest('hex');
      assert.equal(hex(hash.digest(message)), expected, `${hash.name} of ${length} octets`);
    }
  }
});

test('TDEA with three equal keys gives the known answer of DES', () => {
  const key = octets('133457799bbcdff1'.repeat(3));
  const ciphertext = encryptTripleDesCbc(octets('0123456789abcdef'), key, new Uint8Array(8));
  assert.equal(hex(ciphertext).slice(0, 16), '85e813540f0ab405');
});

test('TDEA in CBC mode agrees with openssl up to four blocks', () => {
  for (let length = 0; length <= 32; length++) {
    const [plaintext, key, iv] = [random(length), random(24), random(8)];
    const judge = createCipheriv('des-ede3-cbc', key, iv);
    const expected = Buffer.concat([judge.update(plaintext), judge.final()]);
    assert.equal(hex(encryptTripleDesCbc(plaintext, key, iv)), expected.toString('hex'), `${length} octets`);
  }
});

test('the PKCS#12 key derivation agrees with openssl for each purpose', async () => {
  for (const hash of [sha1, sha256]) {
    for (const purpose of Object.values(PURPOSE)) {
      for (const [text, saltLength, iterations, length] of /** @type {[string, number, number, number][]} */ ([
        ['smeg', 8, 1, 24],
        ['queeg', 20, 1000, 8],
        ['a password that is longer than one block of the hash', 64, 3, 100],
      ])) {
        const salt = random(saltLength);
        const bmpPassword = hex(Uint8Array.from([...`${text}\0`].flatMap((each) => [0, each.charCodeAt(0)])));
        const options = { digest: hash.name, hexpass: bmpPassword, hexsalt: hex(salt), iter: iterations, id: purpose };
        const asked = Object.entries(options).flatMap(([name, value]) => ['-kdfopt', `${name}:${value}`]);
        const expected = openssl(['kdf', '-keylen', String(length), ...asked, 'PKCS12KDF']).trim().replaceAll(':', '').toLowerCase();
        const derived = await deriveKey({ hash, password: text, salt, iterations, purpose, length });
        assert.equal(hex(derived), expected, `${hash.name}, purpose ${purpose}, ${text}`);
      }
    }
  }
});

test('openssl and pkijs verify a request with an RSA key of 3072 bits', async () => {
  const text = openssl(['req', '-verify', '-noout', '-text'], own.request);
  assert.match(text, /Public-Key: \(3072 bit\)/);
  assert.match(text, /Exponent: 65537/);
  assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
  assert.match(text, /Subject: *\n/);
  const [der = new Uint8Array(0)] = fromPem('CERTIFICATE REQUEST', own.request);
  assert.equal(await pkijs.CertificationRequest.fromBER(der).verify(), true);
  assert.equal(toPem('CERTIFICATE REQUEST', der), own.request);
});

test('a certificate is recognised by its key and fingerprint', async () => {
  const [certificate = sequence(), ca = sequence()] = own.certificates;
  const key = await publicKeyInfo(own.keyPair.publicKey);
  assert.equal(certifies(certificate, key), true);
  assert.equal(certifies(ca, key), false);
  assert.throws(() => certifies(sequence(), key), RangeError);
  const expected = openssl(['x509', '-noout', '-fingerprint', '-sha256'], toPem('CERTIFICATE', certificate));
  assert.equal(await sha256Fingerprint(certificate), expected.trim().replace(/.*=/, '').toLowerCase());
});

for (const [name, form, protection] of /** @type {const} */ ([
  ['modern', modern, ['MAC: sha256, Iteration 600000', 'Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256']],
  ['compatible', compatible, ['MAC: sha1, Iteration 50000', 'Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000']],
])) {
  test(`openssl finds key, certificate and chain in the ${name} form`, async () => {
    const contents = { privateKey: own.privateKey, certificates: own.certificates, name: 'Mihon Taro', password };
    const file = folder.write(`${name}.p12`, await pkcs12(contents, form));
    const options = name === 'compatible' ? ['-legacy'] : [];
    const { matches, certificate, chain, described } = opened(file, password, options);
    assert.equal(matches, true);
    assert.deepEqual(fromPem('CERTIFICATE', certificate + chain).map(hex), own.certificates.map(hex));
    assert.match(chain, /CN ?= ?Sample Personal CA/);
    for (const line of protection) assert.ok(described.includes(line), `${line} in ${described}`);
    assert.throws(() => opened(file, `${password}x`, options), /invalid password/);
  });

  test(`pkijs verifies the MAC of the ${name} form and reads its bags`, async () => {
    // pkijs calls WebCrypto in each round of the key derivation for the MAC. These calls are slow, so the test uses
    // fewer rounds.
    const contents = { privateKey: own.privateKey, certificates: own.certificates, name: 'Mihon Taro', password: 'plain-9' };
    const file = await pkcs12(contents, { ...form, macIterations: 100 });
    const pfx = pkijs.PFX.fromBER(file);
    const secret = new TextEncoder().encode('plain-9').buffer;
    await pfx.parseInternalValues({ password: secret, checkIntegrity: true });
    const contentTypes = pfx.parsedValue?.authenticatedSafe?.safeContents.map(({ contentType }) => contentType);
    assert.deepEqual(contentTypes, ['1.2.840.113549.1.7.6', '1.2.840.113549.1.7.1']);
    const wrong = new TextEncoder().encode('plain-8').buffer;
    await assert.rejects(pkijs.PFX.fromBER(file).parseInternalValues({ password: wrong, checkIntegrity: true }), /[Ii]ntegrity/);
  });
}
