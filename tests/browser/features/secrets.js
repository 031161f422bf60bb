/** Lists the secret components of a private key, in every encoding that could appear in a request. */
import { createPrivateKey } from 'node:crypto';

/** @param {string} pem the key in PKCS#8 */
export function secretsOf(pem) {
  const key = createPrivateKey(pem);
  const numbers = Object.entries(key.export({ format: 'jwk' })).filter(([name]) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name));
  return [
    ...numbers.map(([name, value]) => ({ name, octets: Buffer.from(String(value), 'base64url') })),
    { name: 'PKCS#1', octets: key.export({ format: 'der', type: 'pkcs1' }) },
    { name: 'PKCS#8', octets: key.export({ format: 'der', type: 'pkcs8' }) },
  ];
}

/**
 * Returns all forms that octets can take in a request: the octets themselves, and their encodings at each offset within
 * encoded data.
 *
 * @param {Buffer} octets
 * @returns {{ encoding: string, form: Buffer }[]}
 */
export function encodings(octets) {
  const hex = octets.toString('hex');
  return [
    { encoding: 'octets', form: octets },
    { encoding: 'hexadecimal', form: Buffer.from(hex) },
    { encoding: 'upper-case hexadecimal', form: Buffer.from(hex.toUpperCase()) },
    { encoding: 'hexadecimal between colons', form: Buffer.from(hex.replace(/..(?=.)/g, '$&:')) },
    { encoding: 'list of numbers', form: Buffer.from([...octets].join(',')) },
    { encoding: 'percent encoding', form: Buffer.from(encodeURIComponent(octets.toString('latin1'))) },
    ...['base64', 'base64url'].flatMap((encoding) => [0, 1, 2].map((place) => ({ encoding, form: base64At(octets, place, /** @type {BufferEncoding} */ (encoding)) }))),
  ];
}

/**
 * Returns the base64 encoding of octets that start at this offset within a group of three. The beginning of this text
 * is sufficient to recognise the octets.
 *
 * @param {Buffer} octets
 * @param {number} place
 * @param {BufferEncoding} encoding
 */
function base64At(octets, place, encoding) {
  const encoded = Buffer.concat([Buffer.alloc(place), octets]).toString(encoding).replaceAll('=', '');
  const own = encoded.slice(place === 0 ? 0 : place + 1, -1);
  return Buffer.from(own.slice(0, 40));
}
