/**
 * Encrypts values that the browser stores.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Octets
 */

const CIPHER = 'AES-GCM';
const KEY_OCTETS = 32;
const SALT_OCTETS = 16;

/** NIST SP 800-38D, section 5.2.1.1. */
const IV_OCTETS = 12;

/** OWASP's minimum for PBKDF2-HMAC-SHA-256. */
const ITERATIONS = 600_000;

export function newKey() {
  return toBase64(crypto.getRandomValues(new Uint8Array(KEY_OCTETS)));
}

export function newSalt() {
  return toBase64(crypto.getRandomValues(new Uint8Array(SALT_OCTETS)));
}

/** @param {string} key from {@link newKey} */
export function importKey(key) {
  return crypto.subtle.importKey('raw', fromBase64(key), CIPHER, false, ['encrypt', 'decrypt']);
}

/**
 * @param {string[]} credentials in their normal form
 * @param {string} salt from {@link newSalt}
 */
export async function keyFrom(credentials, salt) {
  const secret = new TextEncoder().encode(JSON.stringify(credentials));
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64(salt), iterations: ITERATIONS };
  return crypto.subtle.deriveKey(derivation, material, { name: CIPHER, length: KEY_OCTETS * 8 }, false, ['encrypt', 'decrypt']);
}

/** @param {CryptoKey} key @param {unknown} value that JSON can represent */
export async function encrypted(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_OCTETS));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const octets = new Uint8Array(await crypto.subtle.encrypt({ name: CIPHER, iv }, key, plain));
  return `${toBase64(iv)}.${toBase64(octets)}`;
}

/**
 * Returns the value, or null if it was changed or encrypted with another key.
 *
 * @param {CryptoKey} key
 * @param {string} text from {@link encrypted}
 * @returns {Promise<any>}
 */
export async function decrypted(key, text) {
  try {
    const [iv = '', octets = ''] = text.split('.');
    const plain = await crypto.subtle.decrypt({ name: CIPHER, iv: fromBase64(iv) }, key, fromBase64(octets));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

/** @param {Octets} octets */
export function toBase64(octets) {
  return btoa(String.fromCharCode(...octets));
}

/** @param {string} text @returns {Octets} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
