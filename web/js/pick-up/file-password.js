/**
 * The password of the file, which protects the private key wherever a copy of the file gets to.
 *
 * @typedef {'weak' | 'fair' | 'strong'} Strength
 * @typedef {'required' | 'notAscii' | 'tooShort' | 'weak' | 'sameAsApplication'} Fault
 */

export const SHORTEST = 12;

/** In bits. Somebody with the file can try passwords as fast as their machines go. */
const FAIR = 50;
const STRONG = 75;

/** Without what is mistaken for something else when it is copied by hand: 0 and o, 1 and l and i. */
const SUGGESTED = '23456789abcdefghjkmnpqrstuvwxyz';

/**
 * What speaks against a password. Importers do not agree on how characters outside ASCII are encoded, or do not
 * let them be typed, so these are not taken.
 *
 * @param {string} password
 * @param {string} applicationPassword which would be lost together with the file
 * @returns {Fault | null}
 */
export function faultOf(password, applicationPassword) {
  if (password === '') return 'required';
  if (!/^[\x21-\x7e]*$/.test(password)) return 'notAscii';
  if (password === applicationPassword) return 'sameAsApplication';
  if (password.length < SHORTEST) return 'tooShort';
  return strengthOf(password) === 'weak' ? 'weak' : null;
}

/** @param {string} password @returns {Strength} */
export function strengthOf(password) {
  const bits = bitsOf(password);
  if (password.length < SHORTEST || bits < FAIR) return 'weak';
  return bits < STRONG ? 'fair' : 'strong';
}

/** Four groups of five, 99 bits. */
export function suggestedPassword() {
  const symbols = Array.from({ length: 20 }, randomSymbol).join('');
  return symbols.replace(/.{5}(?=.)/g, '$&-');
}

/**
 * The most that its characters can be worth: repetitions and runs (aaa, 1234, abab) count once, words are not known.
 *
 * @param {string} password
 */
function bitsOf(password) {
  const codes = [...password].map((character) => character.charCodeAt(0));
  const pairs = codes.slice(1).map((code, index) => [Number(codes[index]), code]);
  const telling = pairs.filter(([first = 0, second = 0]) => Math.abs(first - second) > 1);
  const different = new Set(telling.map(String)).size + 1;
  return different * Math.log2(alphabetOf(password));
}

/** @param {string} password */
function alphabetOf(password) {
  /** @type {[RegExp, number][]} */
  const classes = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^A-Za-z0-9]/, 32]];
  return classes.reduce((sum, [pattern, size]) => (pattern.test(password) ? sum + size : sum), 1);
}

/** Each with the same probability: octets above the last whole multiple are drawn again. @returns {string} */
function randomSymbol() {
  const [octet = 0] = crypto.getRandomValues(new Uint8Array(1));
  const limit = 256 - (256 % SUGGESTED.length);
  return octet < limit ? SUGGESTED.charAt(octet % SUGGESTED.length) : randomSymbol();
}
