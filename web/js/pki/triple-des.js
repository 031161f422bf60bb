/**
 * Implements TDEA (NIST SP 800-67) in CBC mode, which WebCrypto does not support. Only the PKCS#12 form for older
 * importers uses TDEA. The code operates on single bits, as the standard does. Single-bit operations are fast enough,
 * because a file has only a few hundred blocks.
 *
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {readonly number[]} Bits
 */

const BLOCK = 8;

/**
 * Encrypts octets with the padding of RFC 8018 section 6.1.1.
 *
 * @param {Octets} plaintext
 * @param {Octets} key 24 octets: three DES keys
 * @param {Octets} initialVector 8 octets
 * @returns {Octets}
 */
export function encryptTripleDesCbc(plaintext, key, initialVector) {
  const [first = [], second = [], third = []] = [0, 8, 16].map((start) => keySchedule(key.subarray(start, start + BLOCK)));
  const rounds = [...first, ...second.reverse(), ...third];
  const padding = BLOCK - (plaintext.length % BLOCK);
  const ciphertext = new Uint8Array(plaintext.length + padding).fill(padding);
  ciphertext.set(plaintext);
  let previous = toBits(initialVector);
  for (let start = 0; start < ciphertext.length; start += BLOCK) {
    const chained = xor(toBits(ciphertext.subarray(start, start + BLOCK)), previous);
    previous = encryptBlock(chained, rounds);
    ciphertext.set(toOctets(previous), start);
  }
  return ciphertext;
}

/**
 * Applies DES three times. The final permutation of one pass and the initial permutation of the next pass cancel out.
 * Only the exchange of the halves remains between passes.
 *
 * @param {Bits} block
 * @param {readonly Bits[]} rounds three times 16 round keys
 */
function encryptBlock(block, rounds) {
  const permuted = permute(block, INITIAL_PERMUTATION);
  let left = permuted.slice(0, 32);
  let right = permuted.slice(32);
  rounds.forEach((roundKey, index) => {
    [left, right] = [right, xor(left, f(right, roundKey))];
    if (index % 16 === 15) [left, right] = [right, left];
  });
  return permute([...left, ...right], FINAL_PERMUTATION);
}

/**
 * @param {Bits} half
 * @param {Bits} roundKey
 */
function f(half, roundKey) {
  const mixed = xor(permute(half, EXPANSION), roundKey);
  const substituted = S_BOXES.flatMap((box, index) => {
    const [b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0] = mixed.slice(6 * index, 6 * index + 6);
    const row = 2 * b1 + b6;
    const column = 8 * b2 + 4 * b3 + 2 * b4 + b5;
    const value = parseInt(box.charAt(16 * row + column), 16);
    return [value >> 3, (value >> 2) & 1, (value >> 1) & 1, value & 1];
  });
  return permute(substituted, PERMUTATION);
}

/** @param {Octets} key @returns {Bits[]} the 16 round keys */
function keySchedule(key) {
  const chosen = permute(toBits(key), PERMUTED_CHOICE_1);
  let c = chosen.slice(0, 28);
  let d = chosen.slice(28);
  return [...LEFT_SHIFTS].map((shift) => {
    const count = Number(shift);
    c = [...c.slice(count), ...c.slice(0, count)];
    d = [...d.slice(count), ...d.slice(0, count)];
    return permute([...c, ...d], PERMUTED_CHOICE_2);
  });
}

/**
 * @param {Bits} bits
 * @param {readonly number[]} places counted from 1
 */
function permute(bits, places) {
  return places.map((place) => Number(bits[place - 1]));
}

/** @param {Bits} left @param {Bits} right */
function xor(left, right) {
  return left.map((bit, index) => bit ^ Number(right[index]));
}

/** @param {Octets} octets @returns {Bits} */
function toBits(octets) {
  return [...octets].flatMap((octet) => [7, 6, 5, 4, 3, 2, 1, 0].map((place) => (octet >> place) & 1));
}

/** @param {Bits} bits */
function toOctets(bits) {
  return Uint8Array.from({ length: bits.length / 8 }, (_, index) => parseInt(bits.slice(8 * index, 8 * index + 8).join(''), 2));
}

/**
 * Returns the concatenated rows of a permutation table. Within a row, positions descend by 8.
 *
 * @param {number[]} starts
 * @param {number} count
 */
function descending(starts, count) {
  return starts.flatMap((start) => Array.from({ length: count }, (_, index) => start - 8 * index));
}

const INITIAL_PERMUTATION = descending([58, 60, 62, 64, 57, 59, 61, 63], 8);
const FINAL_PERMUTATION = INITIAL_PERMUTATION.map((_, place) => INITIAL_PERMUTATION.indexOf(place + 1) + 1);
const EXPANSION = Array.from({ length: 48 }, (_, index) => ((4 * Math.floor(index / 6) + (index % 6) + 31) % 32) + 1);
const PERMUTATION = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
];
const PERMUTED_CHOICE_1 = [
  ...descending([57, 58, 59], 8),
  ...descending([60], 4),
  ...descending([63, 62, 61], 8),
  ...descending([28], 4),
];
const PERMUTED_CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55, 30, 40,
  51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const LEFT_SHIFTS = '1122222212222221';

/** The S-boxes, each with four rows of sixteen hexadecimal values. */
const S_BOXES = [
  'e4d12fb83a6c5907' + '0f74e2d1a6cb9538' + '41e8d62bfc973a50' + 'fc8249175b3ea06d',
  'f18e6b34972dc05a' + '3d47f28ec01a69b5' + '0e7ba4d158c6932f' + 'd8a13f42b67c05e9',
  'a09e63f51dc7b428' + 'd709346a285ecbf1' + 'd6498f30b12c5ae7' + '1ad069874fe3b52c',
  '7de3069a1285bc4f' + 'd8b56f03472c1ae9' + 'a690cb7df13e5284' + '3f06a1d8945bc72e',
  '2c417ab6853fd0e9' + 'eb2c47d150fa3986' + '421bad78f9c5630e' + 'b8c71e2d6f09a453',
  'c1af92680d34e75b' + 'af427c9561de0b38' + '9ef528c3704a1db6' + '432c95fabe17608d',
  '4b2ef08d3c975a61' + 'd0b7491ae35c2f86' + '14bdc37eaf680592' + '6bd814a7950fe23c',
  'd2846fb1a93e50c7' + '1fd8a374c56b0e92' + '7b419ce206adf358' + '21e74a8dfc90356b',
];
