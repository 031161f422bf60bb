/** Parts of a file that may be too large to be fetched whole. */

/** @typedef {import('./pki/der.js').Octets} Octets */

/**
 * Reads parts of one version of a file, and learns its size from the answers.
 *
 * @param {string} address
 */
export function partsOf(address) {
  /** @type {string | null} */
  let version = null;
  let size = 0;
  return {
    /** In octets, once a part was read. */
    size: () => size,
    /**
     * @param {number} from
     * @param {number} length
     * @returns {Promise<Octets>} fewer at the end of the file
     * @throws {RangeError} when the server sends something else, which is then not read
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
