/** Reads a certificate (RFC 5280 section 4.1). */
import { elements } from './der.js';

/** @typedef {import('./der.js').Octets} Octets */

const VERSION_TAG = 0xa0;

/**
 * Returns whether a certificate contains this key.
 *
 * @param {Octets} certificate in DER
 * @param {Octets} subjectPublicKeyInfo in DER
 */
export function certifies(certificate, subjectPublicKeyInfo) {
  const certified = subjectPublicKeyInfoOf(certificate);
  return (
    certified.length === subjectPublicKeyInfo.length &&
    certified.every((octet, index) => octet === subjectPublicKeyInfo[index])
  );
}

/**
 * Returns the SHA-256 fingerprint of a certificate, in the notation that other programs use.
 *
 * @param {Octets} certificate in DER
 * @returns {Promise<string>} hexadecimal octets, separated by colons
 */
export async function sha256Fingerprint(certificate) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
  return [...digest].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** @param {Octets} certificate */
function subjectPublicKeyInfoOf(certificate) {
  const [outer] = elements(certificate);
  const [toBeSigned] = elements(outer?.content ?? certificate);
  const fields = elements(toBeSigned?.content ?? certificate).filter(({ tag }) => tag !== VERSION_TAG);
  const [, , , , , subjectPublicKeyInfo] = fields;
  if (!subjectPublicKeyInfo) throw new RangeError('not a certificate');
  return subjectPublicKeyInfo.whole;
}
