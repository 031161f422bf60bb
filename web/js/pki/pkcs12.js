/**
 * Writes a private key and certificates into a password-protected PKCS#12 file (RFC 7292), in a modern or a compatible
 * form.
 *
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {{ privateKey: Octets, certificates: Octets[], name: string, password: string }} Contents
 *   privateKey is in PKCS#8; certificates are in DER, with the certificate of the key first; importers show the name;
 *   the password is in ASCII
 * @typedef {{ algorithm: Octets, ciphertext: Octets }} Encrypted
 * @typedef {{ encrypt: (plaintext: Octets, password: string) => Promise<Encrypted>, macHash: Hash,
 *   macAlgorithm: Octets, macIterations: number }} Form
 * @typedef {import('./hash.js').Hash} Hash
 */
import {
  bmpString,
  explicit,
  implicitString,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
} from './der.js';
import { sha1, sha256 } from './hash.js';
import { PURPOSE, deriveKey } from './pkcs12-kdf.js';
import { encryptTripleDesCbc } from './triple-des.js';

/**
 * The iteration count that OWASP recommends for PBKDF2 with SHA-256, which is also the highest count that Windows
 * accepts. The MAC uses the same count, because an attacker would test passwords against whichever of the MAC and the
 * encryption is cheaper.
 */
const MODERN_ITERATIONS = 600_000;

/** The iteration count that Java uses with these algorithms. Every importer therefore supports this count. */
const COMPATIBLE_ITERATIONS = 50_000;

/**
 * The modern form uses PBES2 (RFC 8018 section 6.2) with PBKDF2-HMAC-SHA-256 and AES-256-CBC, and HMAC-SHA-256 as the
 * MAC.
 *
 * @type {Form}
 */
export const modern = {
  encrypt: encryptPbes2,
  macHash: sha256,
  macAlgorithm: sequence(oid('2.16.840.1.101.3.4.2.1'), nullValue()),
  macIterations: MODERN_ITERATIONS,
};

/**
 * The compatible form uses pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C) and HMAC-SHA-1 as the MAC. Importers
 * that do not support the modern form report a wrong password and need the compatible form.
 *
 * @type {Form}
 */
export const compatible = {
  encrypt: encryptTripleDes,
  macHash: sha1,
  macAlgorithm: sequence(oid('1.3.14.3.2.26'), nullValue()),
  macIterations: COMPATIBLE_ITERATIONS,
};

const OID = {
  data: oid('1.2.840.113549.1.7.1'),
  encryptedData: oid('1.2.840.113549.1.7.6'),
  shroudedKeyBag: oid('1.2.840.113549.1.12.10.1.2'),
  certificateBag: oid('1.2.840.113549.1.12.10.1.3'),
  x509Certificate: oid('1.2.840.113549.1.9.22.1'),
  friendlyName: oid('1.2.840.113549.1.9.20'),
  localKeyId: oid('1.2.840.113549.1.9.21'),
};

/**
 * Returns a PFX in password integrity and password privacy mode (RFC 7292 sections 4 and 5.1).
 *
 * @param {Contents} contents
 * @param {Form} form
 * @returns {Promise<Octets>}
 */
export async function pkcs12(contents, form) {
  const { privateKey, certificates, name, password } = contents;
  const [certificate] = certificates;
  if (!certificate) throw new RangeError('no certificate for the key');
  const keyId = new Uint8Array(await crypto.subtle.digest('SHA-1', certificate));
  const ofTheKey = attributes(name, keyId);
  const certificateBags = certificates.map((each) =>
    safeBag(OID.certificateBag, certificateValue(each), ...(each === certificate ? [ofTheKey] : [])),
  );
  const macSalt = random(16);
  const [safe, key, macKey] = await Promise.all([
    form.encrypt(sequence(...certificateBags), password),
    form.encrypt(privateKey, password),
    deriveMacKey(password, macSalt, form),
  ]);
  const shroudedKey = sequence(key.algorithm, octetString(key.ciphertext));
  const authenticatedSafe = sequence(
    encryptedData(safe),
    data(sequence(safeBag(OID.shroudedKeyBag, shroudedKey, ofTheKey))),
  );
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', macKey, authenticatedSafe));
  const digestInfo = sequence(form.macAlgorithm, octetString(mac));
  const macData = sequence(digestInfo, octetString(macSalt), integer(form.macIterations));
  return sequence(integer(3), data(authenticatedSafe), macData);
}

/** Returns a CertBag (section 4.2.3). @param {Octets} certificate */
function certificateValue(certificate) {
  return sequence(OID.x509Certificate, explicit(0, octetString(certificate)));
}

/**
 * Returns a SafeBag (section 4.2).
 *
 * @param {Octets} type
 * @param {Octets} value
 * @param {...Octets} bagAttributes
 */
function safeBag(type, value, ...bagAttributes) {
  return sequence(type, explicit(0, value), ...bagAttributes);
}

/**
 * Returns bag attributes: the name that importers show, and the identifier that links a key to its certificate (RFC 2985
 * section 5.5).
 *
 * @param {string} name
 * @param {Octets} keyId
 */
function attributes(name, keyId) {
  return setOf([
    sequence(OID.friendlyName, setOf([bmpString(name)])),
    sequence(OID.localKeyId, setOf([octetString(keyId)])),
  ]);
}

/** Returns a ContentInfo of the type data (RFC 5652 section 4). @param {Octets} content */
function data(content) {
  return sequence(OID.data, explicit(0, octetString(content)));
}

/** Returns EncryptedData (RFC 5652 section 8). @param {Encrypted} encrypted */
function encryptedData({ algorithm, ciphertext }) {
  const encryptedContentInfo = sequence(OID.data, algorithm, implicitString(0, ciphertext));
  return sequence(OID.encryptedData, explicit(0, sequence(integer(0), encryptedContentInfo)));
}

/**
 * @param {string} password
 * @param {Octets} salt
 * @param {Form} form
 */
async function deriveMacKey(password, salt, { macHash: hash, macIterations: iterations }) {
  const octets = await deriveKey({ hash, password, salt, iterations, purpose: PURPOSE.macKey, length: hash.length });
  return crypto.subtle.importKey('raw', octets, { name: 'HMAC', hash: hash.name }, false, ['sign']);
}

/** @param {Octets} plaintext @param {string} password @returns {Promise<Encrypted>} */
async function encryptPbes2(plaintext, password) {
  const salt = random(16);
  const iv = random(16);
  const iterations = MODERN_ITERATIONS;
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  const key = await crypto.subtle.deriveKey(derivation, secret, { name: 'AES-CBC', length: 256 }, false, ['encrypt']);
  const hmacWithSha256 = sequence(oid('1.2.840.113549.2.9'), nullValue());
  const pbkdf2 = sequence(oid('1.2.840.113549.1.5.12'), sequence(octetString(salt), integer(iterations), hmacWithSha256));
  const aes256Cbc = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(iv));
  return {
    algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(pbkdf2, aes256Cbc)),
    ciphertext: new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, plaintext)),
  };
}

/** @param {Octets} plaintext @param {string} password @returns {Promise<Encrypted>} */
async function encryptTripleDes(plaintext, password) {
  const salt = random(8);
  const iterations = COMPATIBLE_ITERATIONS;
  const input = { hash: sha1, password, salt, iterations };
  const key = await deriveKey({ ...input, purpose: PURPOSE.encryptionKey, length: 24 });
  const iv = await deriveKey({ ...input, purpose: PURPOSE.initialVector, length: 8 });
  return {
    algorithm: sequence(oid('1.2.840.113549.1.12.1.3'), sequence(octetString(salt), integer(iterations))),
    ciphertext: encryptTripleDesCbc(plaintext, key, iv),
  };
}

/** @param {number} length in octets */
function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}
