/** Reads the certificate and the CRL that a certification authority publishes (RFC 5280). */
import { TAG, elements, header } from './der.js';
import { integerText, isTime, oidText, stringText, timeText } from './der-values.js';

/** @typedef {import('./der.js').Octets} Octets */

/**
 * The number of octets in one read. This number is sufficient for the fields before the entries of a CRL, and for its
 * extensions.
 */
const PART = 2048;

const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa0;
const CRL_NUMBER = '2.5.29.20';

/** The attribute names in RFC 4514 section 3, and names of other attributes in the certificates of organisations. */
const ATTRIBUTES = /** @type {Record<string, string>} */ ({
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
});

/**
 * Reads a CRL (RFC 5280 section 5.1). A CRL can contain millions of entries, so the function reads only the fields
 * before and after the entries.
 *
 * @param {(from: number, length: number) => Promise<Octets>} read returns part of the CRL, and fewer octets at its end
 * @returns {Promise<{ number: string, thisUpdate: string, nextUpdate: string | null }>} times in RFC 3339
 * @throws {RangeError} if the file is not a CRL with a number
 */
export async function crlFacts(read) {
  const head = await read(0, PART);
  const toBeSigned = header(head, header(head, 0).begin);
  const { times, end } = beforeExtensions(head, toBeSigned);
  const [thisUpdate, nextUpdate = null] = times;
  const rest = toBeSigned.end <= head.length ? head.slice(end, toBeSigned.end) : await read(end, PART);
  const extensions = elements(rest.slice(0, toBeSigned.end - end))[0];
  if (!thisUpdate || extensions?.tag !== EXTENSIONS_TAG) throw new RangeError('not a CRL with extensions');
  return { number: crlNumber(extensions.content), thisUpdate, nextUpdate };
}

/**
 * Returns the times in a CRL and the offset at which its entries end. If there are no entries, returns the offset of
 * the extensions.
 *
 * @param {Octets} head
 * @param {{ begin: number, end: number }} toBeSigned
 */
function beforeExtensions(head, toBeSigned) {
  /** @type {string[]} */
  const times = [];
  let end = toBeSigned.begin;
  while (end < toBeSigned.end) {
    const field = header(head, end);
    if (field.tag === EXTENSIONS_TAG) break;
    if (isTime(field.tag)) times.push(timeText({ tag: field.tag, content: head.slice(field.begin, field.end) }));
    end = field.end;
    const isListOfEntries = field.tag === TAG.sequence && times.length > 0;
    if (isListOfEntries) break;
  }
  return { times, end };
}

/** @param {Octets} extensions */
function crlNumber(extensions) {
  for (const { content } of elements(extensions).flatMap((sequence) => elements(sequence.content))) {
    const [identifier, ...others] = elements(content);
    if (!identifier || oidText(identifier) !== CRL_NUMBER) continue;
    const [number] = elements(others.at(-1)?.content ?? content);
    if (number?.tag === TAG.integer) return integerText(number);
  }
  throw new RangeError('a CRL without its number');
}

/**
 * Reads a CA certificate (RFC 5280 section 4.1).
 *
 * @param {Octets} certificate in DER
 * @returns {{ subject: string, notBefore: string, notAfter: string }}
 *   the name in the order of RFC 4514, times in RFC 3339
 * @throws {RangeError} if the input is not a certificate
 */
export function certificateFacts(certificate) {
  const [outer] = elements(certificate);
  const [toBeSigned] = elements(outer?.content ?? certificate);
  const fields = elements(toBeSigned?.content ?? certificate).filter(({ tag }) => tag !== VERSION_TAG);
  const [, , , validity, subject] = fields;
  const [notBefore, notAfter] = validity ? elements(validity.content) : [];
  if (!subject || !notBefore || !notAfter) throw new RangeError('not a certificate');
  return { subject: nameText(subject.content), notBefore: timeText(notBefore), notAfter: timeText(notAfter) };
}

/** @param {Octets} name */
function nameText(name) {
  const attributes = elements(name).flatMap((set) => elements(set.content));
  return attributes.map(attributeText).reverse().join(', ');
}

/** @param {import('./der.js').Element} attribute */
function attributeText({ content }) {
  const [type, value] = elements(content);
  if (!type || !value) throw new RangeError('not an attribute of a name');
  const dotted = oidText(type);
  return `${ATTRIBUTES[dotted] ?? dotted}=${stringText(value)}`;
}
