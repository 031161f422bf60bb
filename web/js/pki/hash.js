/**
 * Implements SHA-1 and SHA-256 (FIPS 180-4) synchronously. The PKCS#12 key derivation computes hundreds of thousands of
 * hashes in sequence, and WebCrypto takes a hundred times as long for each of these short messages. WebCrypto computes
 * all other hashes.
 *
 * @typedef {import('./der.js').Octets} Octets
 * @typedef {{ name: 'SHA-1' | 'SHA-256', length: number, digest: (message: Octets) => Octets }} Hash
 *   length is the digest length in octets
 */

const BLOCK = 64;

/** @type {Hash} */
export const sha1 = {
  name: 'SHA-1',
  length: 20,
  digest: (message) => digest(message, SHA1_START, compressSha1),
};

/** @type {Hash} */
export const sha256 = {
  name: 'SHA-256',
  length: 32,
  digest: (message) => digest(message, SHA256_START, compressSha256),
};

/** Both hash functions share this working memory, so that a call allocates only the digest. */
const schedule = new Int32Array(80);
const state = new Int32Array(8);

/**
 * Pads a message (FIPS 180-4 section 5.1.1) and processes its blocks in order (sections 6.1.2 and 6.2.2).
 *
 * @param {Octets} message
 * @param {Int32Array} start
 * @param {() => void} compress
 */
function digest(message, start, compress) {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  const bits = new DataView(padded.buffer);
  bits.setUint32(padded.length - 4, message.length << 3);
  bits.setUint32(padded.length - 8, message.length >>> 29);
  state.set(start);
  for (let block = 0; block < padded.length; block += BLOCK) {
    for (let word = 0; word < 16; word++) schedule[word] = bits.getInt32(block + 4 * word);
    compress();
  }
  const result = new Uint8Array(4 * start.length);
  for (let octet = 0; octet < result.length; octet++) {
    result[octet] = at(state, octet >> 2) >>> (24 - 8 * (octet & 3));
  }
  return result;
}

/** Processes one block of SHA-1 (FIPS 180-4 section 6.1.2). */
function compressSha1() {
  const w = schedule;
  for (let t = 16; t < 80; t++) {
    const mixed = at(w, t - 3) ^ at(w, t - 8) ^ at(w, t - 14) ^ at(w, t - 16);
    w[t] = (mixed << 1) | (mixed >>> 31);
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  for (let t = 0; t < 80; t++) {
    let f;
    if (t < 20) f = ((b & c) ^ (~b & d)) + 0x5a827999;
    else if (t < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (t < 60) f = ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + f + e + at(w, t)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
}

/** Processes one block of SHA-256 (FIPS 180-4 section 6.2.2). */
function compressSha256() {
  const w = schedule;
  for (let t = 16; t < 64; t++) {
    const w2 = at(w, t - 2);
    const w15 = at(w, t - 15);
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
    w[t] = (s1 + at(w, t - 7) + s0 + at(w, t - 16)) | 0;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(SHA256_CONSTANTS, t) + at(w, t)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
  add(5, f);
  add(6, g);
  add(7, h);
}

/** @param {Int32Array} words @param {number} index */
function at(words, index) {
  return /** @type {number} */ (words[index]);
}

/** @param {number} index @param {number} word */
function add(index, word) {
  state[index] = at(state, index) + word;
}

/** FIPS 180-4 section 5.3.1. */
const SHA1_START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

const primes = firstPrimes(64);

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4 section 5.3.3). */
const SHA256_START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 section 4.2.2). */
const SHA256_CONSTANTS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));

/** @param {number} count */
function firstPrimes(count) {
  /** @type {number[]} */
  const found = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** @param {number} root */
function fraction(root) {
  return ((root % 1) * 2 ** 32) | 0;
}
