/** Reads byte ranges of a file that may be too large to fetch completely. */

/** @typedef {import('./pki/der.js').Octets} Octets */

/**
 * Returns a reader for one version of a file. The reader obtains the file size from the server's responses.
 *
 * @param {string} address
 */
export function partsOf(address) {
  /** @type {string | null} */
  let version = null;
  let size = 0;
  return {
    /** Returns the file size in octets, which is known after the first read. */
    size: () => size,
    /**
     * @param {number} from
     * @param {number} length
     * @returns {Promise<Octets>} fewer octets at the end of the file
     * @throws {RangeError} if the server sends another range or another version of the file
     */
    async read(from, length) {
      const headers = { Range: `bytes=${from}-${from + length - 1}` };
      const answer = await fetch(address, { headers, cache: 'no-store' });
      const [, start, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get('Content-Range') ?? '') ?? [];
      const etag = answer.headers.get('ETag');
      if (answer.status !== 206 || Number(start) !== from || (version !== null && version !== etag)) {
        await answer.body?.cancel();
        throw new RangeError(`${address} is not served in parts`);
      }
      version = etag;
      size = Number(whole);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
