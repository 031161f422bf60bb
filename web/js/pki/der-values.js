/** What elements say, as a page shows it. */
import { TAG } from './der.js';

/**
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {import('./der.js').Element} Element
 */

/** In decimal: it may have more octets than a number holds. @param {Element} element not negative */
export function integerText({ content }) {
  return BigInt(`0x${[...content].map((octet) => octet.toString(16).padStart(2, '0')).join('')}`).toString();
}

/** With dots. @param {Element} element */
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

/** @param {Element} element a string of those that RFC 5280 names are made of @throws {RangeError} when it is another */
export function stringText({ tag, content }) {
  if (![TAG.utf8String, TAG.printableString, TAG.ia5String].includes(tag)) throw new RangeError('an unknown string');
  return new TextDecoder().decode(content);
}

/** @param {number} tag */
export const isTime = (tag) => tag === TAG.utcTime || tag === TAG.generalizedTime;

/**
 * RFC 5280 section 4.1.2.5: to the second, in UTC; a year of two digits is one from 1950 to 2049.
 *
 * @param {{ tag: number, content: Octets }} element
 * @returns {string} RFC 3339
 * @throws {RangeError} when it is not written so
 */
export function timeText({ tag, content }) {
  const written = new TextDecoder().decode(content);
  const century = tag === TAG.generalizedTime ? '' : written < '5' ? '20' : '19';
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + written);
  if (!isTime(tag) || !parts) throw new RangeError('not a time');
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
