/**
 * Parses and checks the certificate codes that this system issues. Each symbol is an element of GF(32), and the last
 * symbol is a check symbol.
 *
 * @typedef {import('./rules.js').CertificateCodeRules} CertificateCodeRules
 */

/**
 * The characters that people type as a dash: hyphens, dashes, minus signs and the long vowel mark on kana keyboards.
 */
export const DASHES = '\\-\u2010-\u2015\u2212\u30fc\uff0d\uff70';

export const SEPARATORS = new RegExp(`[\\p{White_Space}${DASHES}]`, 'gu');

/** @type {Readonly<Record<string, string>>} */
const LOOK_ALIKES = { O: '0', I: '1', L: '1' };

/**
 * Returns the symbols without separators, or null if the text does not have the format of this system's codes. The
 * format of codes from an older system is unknown.
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
 * Returns whether the check symbol is correct. The symbols are the coefficients of a polynomial, and the check symbol
 * is correct if the generator is a root of this polynomial.
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
 * Returns the symbols in groups, in the format that emails and pages use.
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
