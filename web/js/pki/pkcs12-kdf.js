/** Implements the key derivation of PKCS#12 (RFC 7292 appendix B). */
import { joined, utf16 } from './der.js';

/**
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {import('./hash.js').Hash} Hash
 */

/** The ID octet for each use of the derived octets (appendix B.3). */
export const PURPOSE = { encryptionKey: 1, initialVector: 2, macKey: 3 };

/** The value v from appendix B.2, in octets. Both hash functions have blocks of 512 bits. */
const BLOCK = 64;

/** The number of rounds between pauses that let the page handle events. */
const ROUNDS_AT_ONCE = 25_000;

/**
 * Derives octets (appendix B.2). The password is encoded as a BMPString with a NULL terminator (appendix B.1).
 *
 * @param {{ hash: Hash, password: string, salt: Octets, iterations: number, purpose: number, length: number }} input
 *   length is in octets
 * @returns {Promise<Octets>}
 */
export async function deriveKey({ hash, password, salt, iterations, purpose, length }) {
  const diversifier = new Uint8Array(BLOCK).fill(purpose);
  const input = joined([filledBlocks(salt), filledBlocks(utf16(`${password}\0`))]);
  const derived = [];
  for (let missing = length; missing > 0; missing -= hash.length) {
    const block = await hashed(hash, joined([diversifier, input]), iterations);
    derived.push(block);
    for (let start = 0; start < input.length; start += BLOCK) addWithOne(input.subarray(start, start + BLOCK), block);
  }
  return joined(derived).slice(0, length);
}

/**
 * @param {Hash} hash
 * @param {Octets} message
 * @param {number} times
 */
async function hashed(hash, message, times) {
  let digest = message;
  for (let round = 0; round < times; round++) {
    digest = hash.digest(digest);
    if (round % ROUNDS_AT_ONCE === ROUNDS_AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
  }
  return digest;
}

/** Repeats octets until they fill whole blocks. @param {Octets} octets */
function filledBlocks(octets) {
  const filled = new Uint8Array(Math.ceil(octets.length / BLOCK) * BLOCK);
  return filled.map((_, index) => octets[index % octets.length] ?? 0);
}

/**
 * Adds 1 and an addend to a big-endian number, and discards the final carry. The addend is repeated until it is as long
 * as the number.
 *
 * @param {Octets} number is changed in place
 * @param {Octets} addend
 */
function addWithOne(number, addend) {
  let carry = 1;
  for (let index = number.length - 1; index >= 0; index--) {
    carry += Number(number[index]) + Number(addend[index % addend.length]);
    number[index] = carry;
    carry >>= 8;
  }
}
