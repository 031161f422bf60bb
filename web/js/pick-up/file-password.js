/**
 * The password of the file, which protects the private key in every copy of the file.
 *
 * @typedef {'weak' | 'fair' | 'strong'} Strength
 * @typedef {'required' | 'notAscii' | 'tooShort' | 'weak' | 'sameAsApplication'} Fault
 */

export const SHORTEST = 12;

/** In bits. An attacker with the file can try passwords without a limit. */
const FAIR = 50;
const STRONG = 75;

/** The symbols of suggested passwords, without those that look alike, which are 0 and o, and 1, l and i. */
const SUGGESTED = '23456789abcdefghjkmnpqrstuvwxyz';

/**
 * Returns why a password is refused, or null. Characters outside ASCII are refused because programs encode them differently or
 * do not let them be typed.
 *
 * @param {string} password
 * @param {string} applicationPassword which must not be the same, because both would be lost together
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

/** Returns a random password of four groups of five symbols, with 99 bits. */
export function suggestedPassword() {
  const symbols = Array.from({ length: 20 }, randomSymbol).join('');
  return symbols.replace(/.{5}(?=.)/g, '$&-');
}

/**
 * Returns an upper bound of the entropy in bits. Repetitions and runs (aaa, 1234, abab) count once; words are not recognised.
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

/** Returns each symbol with the same probability. Octets above the last whole multiple are drawn again. @returns {string} */
function randomSymbol() {
  const [octet = 0] = crypto.getRandomValues(new Uint8Array(1));
  const limit = 256 - (256 % SUGGESTED.length);
  return octet < limit ? SUGGESTED.charAt(octet % SUGGESTED.length) : randomSymbol();
}
