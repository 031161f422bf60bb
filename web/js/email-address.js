/**
 * Checks email addresses as subscribers enter and paste them. The server applies the same rules
 * (shared/domain/src/contact/entered_address.rs), and its tests use the same test cases (tests/cases/fields.json).
 *
 * @typedef {import('./fields.js').Checked} Checked
 * @typedef {import('./rules.js').FieldRule} FieldRule
 */
import { checkLine, isTooLong } from './fields.js';

/**
 * Checks an address for a new certificate. Earlier versions accepted addresses whose last label is all-numeric, so only
 * new addresses must not have one (RFC 3696 section 2).
 *
 * @param {string} input
 * @param {FieldRule} rule
 * @returns {Checked}
 */
export function checkNewEmailAddress(input, rule) {
  const checked = checkEmailAddress(input, rule);
  return checked.value && NUMERIC_END.test(checked.value) ? { error: 'numericDomain' } : checked;
}

/**
 * Checks the address of an existing certificate.
 *
 * @param {string} input
 * @param {FieldRule} rule
 * @returns {Checked}
 */
export function checkEmailAddress(input, rule) {
  const { value, error } = checkLine(input.replace(INVISIBLE, ''), rule);
  if (!value) return error === undefined ? { value: null } : { error };
  const bare = bareAddress(value.replaceAll('。', '.').replaceAll('、', ','));
  if (isTooLong(bare, rule)) return { error: 'tooLong' };
  const address = withAsciiDomain(bare);
  if (isTooLong(address, rule)) return { error: 'tooLong' };
  const [, local = '', domain = ''] = MAILBOX.exec(address) ?? [];
  if (local === '' || local.length > LONGEST_LOCAL_PART) return { error: faultOf(address) };
  if (hasInvalidALabel(domain)) return { error: 'domainMalformed' };
  return { value: `${local}@${domain.toLowerCase()}` };
}

/** Matches characters without a glyph, which copying from documents and web pages adds. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The pairs of quotation marks that can enclose a whole address. A local part can contain some of these characters. */
const QUOTES = ['""', "''", '``', '{}', '“”', '‘’', '«»'];

/** The pairs of brackets that can separate an address from a name. */
const BRACKETS = ['<>', '()', '[]', '「」', '『』', '【】', '〈〉', '《》', '〔〕', '≪≫'];

const UNPAIRED = /^["“‘«<([「『【〈《〔≪]|["”’»>)\]」』】〉》〕≫]$/;

/** The maximum number of enclosing marks that are removed. */
const MAX_LAYERS = 8;

/** RFC 5321 section 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

const ATOM = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?';
const DOMAIN = `${LABEL}(?:\\.${LABEL})+`;
const DOMAIN_NAME = new RegExp(`^${DOMAIN}$`);

/** Matches a Mailbox (RFC 5321 section 4.1.2) that consists of a Dot-string and a Domain with at least two labels. */
const MAILBOX = new RegExp(`^(${ATOM}(?:\\.${ATOM})*)@(${DOMAIN})$`);

const NOT_ASCII = /[^\0-\x7f]/;

const NUMERIC_END = /[@.][0-9]+$/;

/** Removes the parts of a pasted text that do not belong to the address. @param {string} text */
function bareAddress(text) {
  let bare = text;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const trimmed = withoutPunctuation(bare);
    const inner = linked(trimmed) ?? quoted(trimmed) ?? bracketed(trimmed) ?? withoutUnpairedMark(trimmed);
    if (inner === null) return trimmed;
    bare = inner;
  }
  return bare;
}

/**
 * Removes the punctuation of a sentence or list around the text. A regular expression that is anchored at the end would
 * take quadratic time for long punctuation inside the text.
 *
 * @param {string} text
 */
function withoutPunctuation(text) {
  let end = text.length;
  while (end > 0 && AT_END.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).replace(AT_START, '');
}

const AT_START = /^[\p{White_Space},;:]+/u;
const AT_END = /[\p{White_Space},;:.]/u;

/** Returns the address of a mailto link (RFC 6068), without the header fields, or null. @param {string} text */
function linked(text) {
  const address = /^mailto:([^?]*)/i.exec(text)?.[1];
  if (address === undefined) return null;
  try {
    return address.replace(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
  } catch {
    return address;
  }
}

/** Returns the content of quotation marks that enclose the whole text, or null. @param {string} text */
function quoted(text) {
  const isQuoted = text.length > 1 && QUOTES.includes(`${text[0]}${text.at(-1)}`);
  return isQuoted ? text.slice(1, -1) : null;
}

/**
 * Returns the address from text that ends with a bracket, or null. The brackets contain either the address, as in
 * `Name <address>`, or a comment on it.
 *
 * @param {string} text
 */
function bracketed(text) {
  const open = BRACKETS.find((pair) => pair[1] === text.at(-1))?.[0];
  const start = open === undefined ? -1 : text.lastIndexOf(open);
  if (start < 0) return null;
  const outer = text.slice(0, start).trimEnd();
  const inner = text.slice(start + 1, -1);
  if (!inner.includes('@')) return outer.endsWith('@') ? null : outer;
  return !outer.includes('@') || outer.includes(linked(inner) ?? inner) ? inner : null;
}

/** Removes a bracket or quotation mark at one end, whose counterpart was not copied. @param {string} text */
function withoutUnpairedMark(text) {
  const rest = text.replace(UNPAIRED, '');
  return rest === text ? null : rest;
}

/**
 * Converts the domain to A-labels (UTS #46). A domain that cannot be converted remains unchanged. UTS #46 maps symbols,
 * too, which domain names do not contain (RFC 5892).
 *
 * @param {string} address
 */
function withAsciiDomain(address) {
  const start = address.lastIndexOf('@') + 1;
  const domain = address.slice(start);
  if (start === 0 || !NOT_ASCII.test(domain) || !/^[\p{Alphabetic}\p{N}.・-]+$/u.test(domain)) return address;
  const ascii = hostName(domain);
  return ascii === null ? address : address.slice(0, start) + ascii;
}

/**
 * Returns whether the domain contains a label with the prefix of A-labels that is not the A-label of any name. Chromium
 * checks A-labels only in a name that is not ASCII, so a label is added.
 *
 * @param {string} domain
 */
function hasInvalidALabel(domain) {
  return /(?:^|\.)xn--/i.test(domain) && hostName(`例.${domain}`) === null;
}

/** Returns the domain with A-labels, or null if it cannot be converted. @param {string} domain */
function hostName(domain) {
  try {
    return new URL(`https://${domain}`).hostname;
  } catch {
    return null;
  }
}

/** Returns the rule that names the fault of an address that is not valid. @param {string} address */
function faultOf(address) {
  if (address.split(/[\p{White_Space},;<>]/u).filter((part) => part.includes('@')).length > 1) return 'severalAddresses';
  const [local = '', domain, ...others] = address.split('@');
  if (domain === undefined) return 'missingAtSign';
  if (others.length > 0) return 'severalAtSigns';
  if (/\p{White_Space}/u.test(address)) return 'spaceInAddress';
  if (address.includes(',')) return 'commaInAddress';
  if (NOT_ASCII.test(local)) return 'localPartNotAscii';
  if (/^\.|\.\.|\.$/.test(local)) return 'localPartDots';
  if (local.length > LONGEST_LOCAL_PART) return 'localPartTooLong';
  if (domain.startsWith('[') || /\.[0-9]+$/.test(domain)) return 'numericDomain';
  if (!domain.includes('.')) return 'domainWithoutDot';
  return DOMAIN_NAME.test(domain) ? 'notAMailbox' : 'domainMalformed';
}
