/**
 * Normalises the input of a field, or returns the code of the rule that the input breaks. The server applies the same
 * rules, and its tests use the same test cases (tests/cases/fields.json).
 *
 * @typedef {import('./rules.js').Rules} Rules
 * @typedef {import('./rules.js').FieldRule} FieldRule
 * @typedef {{ value: string | null, error?: undefined } | { value?: undefined, error: string }} Checked
 *   value is null for an empty optional field; error is the code of the broken rule
 */
import { fieldRule } from './rules.js';
import { DASHES, SEPARATORS, checkSymbolFits, codeSymbols } from './certificate-code.js';

/**
 * Checks an email address. The check is a separate module, which step 1 loads only when it is needed. Until then, an
 * address is accepted, and the server checks it.
 *
 * @type {(input: string, rule: FieldRule) => Checked}
 */
let checkMailbox = checkLine;

/** Sets the check of email addresses (email-address.js). @param {typeof checkMailbox} check */
export function checkMailboxesWith(check) {
  checkMailbox = check;
}

/**
 * @param {string} name
 * @param {string} input
 * @param {Rules} rules
 * @returns {Checked}
 */
export function checkField(name, input, rules) {
  const rule = fieldRule(rules, name);
  if (rule.kind === 'mailbox') return checkMailbox(input, rule);
  const text = input.normalize('NFKC');
  if (rule.kind === 'password') return checkPassword(text, rule);
  if (rule.kind === 'certificateCode') return checkCertificateCode(text, rule, rules);
  if (rule.kind === 'stopCode') return checkStopCode(text, rule, rules);
  if (rule.kind === 'signInCode') return checkSignInCode(text, rule, rules);

  if (rule.kind === 'postalCode') return checkPostalCode(text);
  if (rule.kind === 'phone') return checkPhone(text);

  const { value: line, error } = checkLine(input, rule);
  if (error !== undefined) return { error };
  if (line === null) return { value: null };
  if (rule.kind === 'prefecture') return rules.prefectures.includes(line) ? { value: line } : { error: 'notAPrefecture' };
  if (isTooLong(line, rule)) return { error: 'tooLong' };
  switch (rule.kind) {
    case 'fullWidth':
      return checkFullWidth(line);
    case 'romaji':
      return PRINTABLE_ASCII.test(line) ? { value: line } : { error: 'notRomaji' };
    case 'text':
      return { value: line.replace(DASH_BETWEEN_DIGITS, '$1-') };
  }
}

/**
 * Normalises a line of text of any length.
 *
 * @param {string} input
 * @param {FieldRule} rule
 * @returns {Checked}
 */
export function checkLine(input, rule) {
  const line = input.replace(VARIATION_SELECTORS, '').normalize('NFKC').replace(WHITE_SPACE, ' ').replace(/^ | $/g, '');
  if (UNSUITABLE.test(line)) return { error: 'unsuitableCharacter' };
  if (line === '') return rule.required ? { error: 'required' } : { value: null };
  return { value: line };
}

/**
 * Matches variation selectors, which choose a glyph of a character (葛 in 葛飾 has two). Forms and certificates omit these
 * selectors.
 */
const VARIATION_SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const WHITE_SPACE = /\p{White_Space}+/gu;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const DASH_BETWEEN_DIGITS = new RegExp(`([0-9])[${DASHES}](?=[0-9])`, 'g');

/** Matches control characters and characters that are invisible, set the text direction or have no agreed meaning. */
const UNSUITABLE =
  /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ue000-\uf8ff\u{e0000}-\u{10ffff}]/u;

/**
 * @param {string} text
 * @param {FieldRule} rule
 * @returns {Checked}
 */
function checkPassword(text, rule) {
  if (text === '') return { error: 'required' };
  return isTooLong(text, rule) ? { error: 'tooLong' } : { value: text };
}

/**
 * Checks a certificate code. A code from an older system is accepted unchanged, because its format is unknown.
 *
 * @param {string} text
 * @param {FieldRule} rule
 * @param {Rules} rules
 * @returns {Checked}
 */
function checkCertificateCode(text, rule, rules) {
  const trimmed = text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
  if (trimmed === '') return { error: 'required' };
  if (isTooLong(trimmed, rule)) return { error: 'tooLong' };
  const symbols = codeSymbols(trimmed, rules.certificateCode);
  if (symbols === null) return { value: trimmed };
  return checkSymbolFits(symbols, rules.certificateCode) ? { value: symbols } : { error: 'certificateCodeTypo' };
}

/**
 * Checks a stop code, which has the symbols of a certificate code. No older system issued stop codes.
 *
 * @param {string} text
 * @param {FieldRule} rule
 * @param {Rules} rules
 * @returns {Checked}
 */
function checkStopCode(text, rule, rules) {
  const checked = checkCertificateCode(text, rule, rules);
  const isComplete = checked.error !== undefined || codeSymbols(checked.value ?? '', rules.certificateCode) !== null;
  return isComplete ? checked : { error: 'certificateCodeTypo' };
}

/**
 * @param {string} text
 * @param {FieldRule} rule
 * @param {Rules} rules
 * @returns {Checked}
 */
function checkSignInCode(text, rule, rules) {
  const trimmed = text.replace(SEPARATORS, '');
  if (trimmed === '') return rule.required ? { error: 'required' } : { value: null };
  const symbols = codeSymbols(trimmed, { ...rules.certificateCode, symbols: rule.maxLength });
  return symbols === null ? { error: 'notASignInCode' } : { value: symbols };
}

/**
 * @param {string} line
 * @returns {Checked}
 */
function checkFullWidth(line) {
  const wide = line
    .replace(/ /g, '\u3000')
    .replace(/[\u00b7\u2022\u2027]/g, '\u30fb')
    .replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
  return FULL_WIDTH.test(wide) ? { value: wide } : { error: 'notFullWidth' };
}

/**
 * Matches dashes, CJK punctuation, kana, ideographs with their extensions and compatibility forms, and full-width
 * ASCII.
 */
const FULL_WIDTH =
  /^[\u2010-\u2015\u2212\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}\uff01-\uff5e]*$/u;

/**
 * @param {string} text
 * @returns {Checked}
 */
function checkPostalCode(text) {
  const digits = text.replace(SEPARATORS, '').replace(/^\u3012/, '');
  if (digits === '') return { error: 'required' };
  return /^[0-9]{7}$/.test(digits) ? { value: digits } : { error: 'notAPostalCode' };
}

/**
 * Checks a phone number and converts international numbers, such as +81 (0)3 …, to the domestic form.
 *
 * @param {string} text
 * @returns {Checked}
 */
function checkPhone(text) {
  const digits = text.replace(SEPARATORS, '').replace(/[()]/g, '').replace(/^\+810?/, '0');
  if (digits === '') return { error: 'required' };
  return /^0[0-9]{9,10}$/.test(digits) ? { value: digits } : { error: 'notAPhoneNumber' };
}

/**
 * @param {string} value
 * @param {FieldRule} rule
 */
export function isTooLong(value, rule) {
  return [...value].length > rule.maxLength;
}
