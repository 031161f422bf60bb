/**
 * Reads and checks the certificate codes of this system. The symbols are elements of GF(32); the last one is a check symbol.
 *
 * @typedef {import('./rules.js').CertificateCodeRules} CertificateCodeRules
 */

/** The characters that people type for a dash: hyphens, dashes, minus signs and the long-vowel mark of a kana keyboard. */
export const DASHES = '\\-\u2010-\u2015\u2212\u30fc\uff0d\uff70';

export const SEPARATORS = new RegExp(`[\\p{White_Space}${DASHES}]`, 'gu');

/** @type {Readonly<Record<string, string>>} */
const LOOK_ALIKES = { O: '0', I: '1', L: '1' };

/**
 * Returns the symbols without separators if the text has the form of a code of this system, or null. Codes of an older system
 * have no form that can be checked.
 *
 * @param {string} text after NFKC
 * @param {CertificateCodeRules} rules
 * @returns {string | null}
 */
export function codeSymbols(text, rules) {
  const symbols = text
    .replace(SEPARATORS, '')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[OIL]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
  const wellFormed = symbols.length === rules.symbols && [...symbols].every((symbol) => rules.alphabet.includes(symbol));
  return wellFormed ? symbols : null;
}

/**
 * Returns whether the check symbol is right. Then the polynomial whose coefficients are the symbols has the generator as a root.
 *
 * @param {string} symbols
 * @param {CertificateCodeRules} rules
 */
export function checkSymbolFits(symbols, rules) {
  let remainder = 0;
  for (const symbol of symbols) {
    remainder = multiply(remainder, rules.generator, rules) ^ rules.alphabet.indexOf(symbol);
  }
  return remainder === 0;
}

/**
 * Returns the symbols in groups, as emails and pages show a code.
 *
 * @param {string} symbols
 * @param {CertificateCodeRules} rules
 */
export function inGroups(symbols, rules) {
  const groups = [];
  for (let start = 0; start < symbols.length; start += rules.groupLength) {
    groups.push(symbols.slice(start, start + rules.groupLength));
  }
  return groups.join('-');
}

/**
 * @param {number} left
 * @param {number} right
 * @param {CertificateCodeRules} rules
 */
function multiply(left, right, { polynomial, alphabet }) {
  let product = 0;
  for (let factor = left, bits = right; bits > 0; bits >>= 1) {
    if (bits & 1) product ^= factor;
    factor <<= 1;
    if (factor >= alphabet.length) factor ^= polynomial;
  }
  return product;
}
