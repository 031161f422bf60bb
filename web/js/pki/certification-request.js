/** Certification requests, PKCS#10 (RFC 2986). */
import { bitString, explicit, integer, nullValue, oid, sequence } from './der.js';
import { toPem } from './pem.js';

/**
 * RSA with 3072 bits, which is 128 bits of security (NIST SP 800-57 part 1, section 5.6). Email that is encrypted to this key
 * must stay secret long after the certificate has expired, and 2048 bits are sufficient only until 2030. Every mail program
 * supports it. A P-256 key would be generated faster, but some S/MIME programs cannot decrypt with one.
 */
const KEY = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1) };

/** sha256WithRSAEncryption with NULL parameters (RFC 4055 section 5). */
const SIGNATURE_ALGORITHM = sequence(oid('1.2.840.113549.1.1.11'), nullValue());

/**
 * Generates a key pair. The private key is extractable, because it is written into a file (pick-up/key-store.js).
 *
 * @returns {Promise<CryptoKeyPair>}
 */
export function makeKeyPair() {
  return crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

/**
 * Returns a request with an empty subject and no attributes. The application defines the contents of the certificate. The
 * request only proves the possession of the key.
 *
 * @param {CryptoKeyPair} keyPair
 * @returns {Promise<string>} in PEM
 */
export async function certificationRequest({ publicKey, privateKey }) {
  const subjectPublicKeyInfo = await publicKeyInfo(publicKey);
  const emptyName = sequence();
  const noAttributes = explicit(0);
  const information = sequence(integer(0), emptyName, subjectPublicKeyInfo, noAttributes);
  const signature = new Uint8Array(await crypto.subtle.sign(KEY.name, privateKey, information));
  return toPem('CERTIFICATE REQUEST', sequence(information, SIGNATURE_ALGORITHM, bitString(signature)));
}

/** Returns the SubjectPublicKeyInfo of a key (RFC 5280 section 4.1.2.7) in DER. @param {CryptoKey} publicKey */
export async function publicKeyInfo(publicKey) {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}
