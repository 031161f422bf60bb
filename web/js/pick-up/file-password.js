/**
 * Rates and suggests file passwords. The password protects the private key in every copy of the file.
 *
 * @typedef {'weak' | 'fair' | 'strong'} Strength
 * @typedef {'required' | 'notAscii' | 'tooShort' | 'weak' | 'sameAsApplication'} Fault
 */

export const SHORTEST = 12;

/** The minimum entropy for each strength, in bits. An attacker who has the file can try any number of passwords. */
const FAIR = 50;
const STRONG = 75;

/** The symbols in suggested passwords. Symbols that look alike are excluded (0 and o; 1, l and i). */
const SUGGESTED = '23456789abcdefghjkmnpqrstuvwxyz';

/**
 * Returns the reason for refusing a password, or null. Passwords with non-ASCII characters are refused, because some
 * programs encode these characters differently or do not accept them as input.
 *
 * @param {string} password
 * @param {string} applicationPassword must differ, so that an attacker who learns one password does not have both
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

/** Returns a random password that consists of four groups of five symbols and has 99 bits of entropy. */
export function suggestedPassword() {
  const symbols = Array.from({ length: 20 }, randomSymbol).join('');
  return symbols.replace(/.{5}(?=.)/g, '$&-');
}

/**
 * Returns an upper bound of the entropy in bits. Repetitions and sequences (aaa, 1234, abab) count once. Dictionary
 * words are not recognised.
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

/**
 * Returns a random symbol from a uniform distribution. Octets that would favour some symbols are discarded.
 *
 * @returns {string}
 */
function randomSymbol() {
  const [octet = 0] = crypto.getRandomValues(new Uint8Array(1));
  const limit = 256 - (256 % SUGGESTED.length);
  return octet < limit ? SUGGESTED.charAt(octet % SUGGESTED.length) : randomSymbol();
}
