/**
 * Implements the subset of DER (ITU-T X.690) that certification requests and PKCS#12 files need. Each encoding function
 * returns the octets of an element, which other elements can contain.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Octets
 * @typedef {{ tag: number, content: Octets, whole: Octets }} Element
 *   whole includes the tag and the length; content does not
 */

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
};
const CONSTRUCTED = 0x20;
const CONTEXT_SPECIFIC = 0x80;

/** @param {...Octets} parts */
export const sequence = (...parts) => encode(TAG.sequence, parts);

/** Returns a SET OF in the order that X.690 section 11.6 requires. @param {Octets[]} parts */
export const setOf = (parts) => encode(TAG.set, [...parts].sort(inDerOrder));

/** @param {Octets} content */
export const octetString = (content) => encode(TAG.octetString, [content]);

/** Returns a BIT STRING of whole octets, without unused bits. @param {Octets} content */
export const bitString = (content) => encode(TAG.bitString, [Uint8Array.of(0), content]);

export const nullValue = () => encode(TAG.null, []);

/** @param {number} number @param {...Octets} parts */
export const explicit = (number, ...parts) => encode(CONTEXT_SPECIFIC | CONSTRUCTED | number, parts);

/** Returns a string with an implicit tag, in primitive encoding. @param {number} number @param {Octets} content */
export const implicitString = (number, content) => encode(CONTEXT_SPECIFIC | number, [content]);

/** @param {number} value not negative */
export function integer(value) {
  /** @type {number[]} */
  const octets = [];
  for (let rest = value; octets.length === 0 || rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  if (Number(octets[0]) >= 0x80) octets.unshift(0);
  return encode(TAG.integer, [Uint8Array.from(octets)]);
}

/** @param {string} dotted */
export function oid(dotted) {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const octets = [40 * first + second, ...arcs].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return encode(TAG.oid, [Uint8Array.from(octets)]);
}

/** Replaces characters that a BMPString cannot contain. @param {string} text */
export const bmpString = (text) => encode(TAG.bmpString, [utf16(text.replace(/[^\0-\uffff]/gu, '〓'))]);

/** Encodes text as big-endian UTF-16. @param {string} text */
export function utf16(text) {
  const octets = new Uint8Array(2 * text.length);
  const view = new DataView(octets.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(2 * index, text.charCodeAt(index));
  return octets;
}

/**
 * Splits octets into consecutive elements.
 *
 * @param {Octets} octets
 * @returns {Element[]}
 * @throws {RangeError} if the last element is truncated
 */
export function elements(octets) {
  const found = [];
  let start = 0;
  while (start < octets.length) {
    const { tag, begin, end } = header(octets, start);
    if (end > octets.length) throw new RangeError('an element is cut off');
    found.push({ tag, content: octets.slice(begin, end), whole: octets.slice(start, end) });
    start = end;
  }
  return found;
}

/**
 * Returns the tag of an element and the offsets at which its content begins and ends. The content may extend beyond the
 * end of the input.
 *
 * @param {Octets} octets
 * @param {number} start of the element
 * @throws {RangeError} if the tag or the length is truncated
 */
export function header(octets, start) {
  const [tag, first] = octets.subarray(start);
  if (tag === undefined || first === undefined) throw new RangeError('an element is cut off');
  const begin = start + 2 + (first < 0x80 ? 0 : first & 0x7f);
  if (begin > octets.length) throw new RangeError('a length is cut off');
  const length = first < 0x80 ? first : octets.slice(start + 2, begin).reduce((sum, octet) => sum * 256 + octet, 0);
  return { tag, begin, end: begin + length };
}

/** @param {readonly Octets[]} parts @returns {Octets} */
export function joined(parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}

/**
 * @param {number} tag
 * @param {readonly Octets[]} parts
 */
function encode(tag, parts) {
  const content = joined(parts);
  return joined([Uint8Array.of(tag), lengthOf(content), content]);
}

/** @param {Octets} left @param {Octets} right */
function inDerOrder(left, right) {
  const differing = left.findIndex((octet, index) => octet !== right[index]);
  return differing < 0 ? left.length - right.length : Number(left[differing]) - (right[differing] ?? -1);
}

/** Encodes a length in as few octets as possible (X.690 section 10.1). @param {Octets} content */
function lengthOf({ length }) {
  if (length < 0x80) return Uint8Array.of(length);
  const octets = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}
