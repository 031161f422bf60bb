/** Converts the values of DER elements to text that a page can show. */
import { TAG } from './der.js';

/**
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {import('./der.js').Element} Element
 */

/** Returns an INTEGER of any size in decimal. @param {Element} element not negative */
export function integerText({ content }) {
  return BigInt(`0x${[...content].map((octet) => octet.toString(16).padStart(2, '0')).join('')}`).toString();
}

/** Returns an object identifier in dotted decimal notation. @param {Element} element */
export function oidText({ content }) {
  const arcs = [0];
  for (const octet of content) {
    arcs.push(Number(arcs.pop()) * 128 + (octet & 0x7f));
    if (octet < 0x80) arcs.push(0);
  }
  const [first = 0, ...others] = arcs.slice(0, -1);
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...others].join('.');
}

/** @param {Element} element a string type of RFC 5280 names @throws {RangeError} if the element has another type */
export function stringText({ tag, content }) {
  if (![TAG.utf8String, TAG.printableString, TAG.ia5String].includes(tag)) throw new RangeError('an unknown string');
  return new TextDecoder().decode(content);
}

/** @param {number} tag */
export const isTime = (tag) => tag === TAG.utcTime || tag === TAG.generalizedTime;

/**
 * Converts a UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5) to RFC 3339. A two-digit year is between 1950 and
 * 2049.
 *
 * @param {{ tag: number, content: Octets }} element
 * @returns {string} RFC 3339
 * @throws {RangeError} if the element does not have one of these formats
 */
export function timeText({ tag, content }) {
  const written = new TextDecoder().decode(content);
  const century = tag === TAG.generalizedTime ? '' : written < '5' ? '20' : '19';
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + written);
  if (!isTime(tag) || !parts) throw new RangeError('not a time');
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
