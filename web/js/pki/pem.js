/** Reads and writes PEM, the textual encoding of RFC 7468. */
import { fromBase64, toBase64 } from '../encryption.js';

/** @typedef {import('./der.js').Octets} Octets */

/**
 * @param {string} label
 * @param {Octets} der
 */
export function toPem(label, der) {
  const lines = toBase64(der).replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/**
 * Returns the contents of all blocks with this label, in their order in the text.
 *
 * @param {string} label
 * @param {string} text
 * @returns {Octets[]}
 */
export function fromPem(label, text) {
  const found = text.matchAll(new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`, 'g'));
  return [...found].map(([, base64 = '']) => fromBase64(base64));
}
