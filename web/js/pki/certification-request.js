/** Creates PKCS#10 certification requests (RFC 2986). */
import { bitString, explicit, integer, nullValue, oid, sequence } from './der.js';
import { toPem } from './pem.js';

/**
 * RSA with 3072 bits has a security strength of 128 bits (NIST SP 800-57 part 1, section 5.6). Encrypted email must
 * remain confidential long after the certificate has expired, and 2048 bits are acceptable only until 2030. Every mail
 * program supports RSA with 3072 bits. P-256 keys are faster to generate, but some S/MIME programs cannot decrypt with
 * P-256 keys.
 */
const KEY = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1) };

/** sha256WithRSAEncryption with NULL parameters (RFC 4055 section 5). */
const SIGNATURE_ALGORITHM = sequence(oid('1.2.840.113549.1.1.11'), nullValue());

/**
 * Generates a key pair. The private key is extractable, because the pick-up writes it into a file (pick-up/files.js).
 *
 * @returns {Promise<CryptoKeyPair>}
 */
export function makeKeyPair() {
  return crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

/**
 * Returns a certification request with an empty subject and no attributes. The certificate takes its contents from the
 * application. The request only proves possession of the private key.
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
