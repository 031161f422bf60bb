/**
 * Stores the subscriber's key and its certification request in IndexedDB until the file with the key is saved.
 *
 * Storing the key is a trade-off between two risks. A stored key usually stays in the browser profile for some minutes,
 * during which a script of this site or another person at this device could read the key. If the key were not stored, a
 * reload or a lost response after the issuance would leave a certificate without a key. That certificate would have to
 * be revoked, and the subscriber would have to apply again. The key is therefore stored under the hash of the
 * certificate code and deleted when the subscriber confirms that the file is saved.
 *
 * @typedef {{ keyPair: CryptoKeyPair, request: string, madeAt: number, kept: boolean }} StoredKey
 *   request is in PEM; kept is true if the key survives a reload
 */
import { certificationRequest, makeKeyPair } from '../pki/certification-request.js';

const DATABASE = 'cert-reissue';
const STORE = 'own-keys';

/**
 * The lifetime of an application in milliseconds. When an application has expired, no certificate can be requested for
 * its key.
 */
const LONGEST = 30 * 24 * 60 * 60_000;

/** Keys that the browser did not store. @type {Map<string, StoredKey>} */
const unstored = new Map();

/**
 * Returns the key that was generated earlier for a certificate code, or null.
 *
 * @param {string} code
 * @returns {Promise<StoredKey | null>}
 */
export async function recallKey(code) {
  const name = await nameOf(code);
  const stored = await attempt('readonly', (store) => store.get(name));
  return stored ?? unstored.get(name) ?? null;
}

/**
 * Generates and stores a key and its certification request. If another tab has already stored a key for the same code,
 * returns the stored key.
 *
 * @param {string} code
 * @returns {Promise<StoredKey>}
 */
export async function makeKey(code) {
  const keyPair = await makeKeyPair();
  const made = { keyPair, request: await certificationRequest(keyPair), madeAt: Date.now(), kept: true };
  const name = await nameOf(code);
  if ((await attempt('readwrite', (store) => store.add(made, name))) !== undefined) return made;
  const stored = await recallKey(code);
  if (stored) return stored;
  const inMemory = { ...made, kept: false };
  unstored.set(name, inMemory);
  return inMemory;
}

/** @param {string} code */
export async function deleteKey(code) {
  const name = await nameOf(code);
  unstored.delete(name);
  await attempt('readwrite', (store) => store.delete(name));
}

/** Deletes expired keys, and returns the number of keys whose files have not been saved. */
export async function countWaitingKeys() {
  const names = (await attempt('readonly', (store) => store.getAllKeys())) ?? [];
  let waiting = 0;
  for (const name of names) {
    const { madeAt } = (await attempt('readonly', (store) => store.get(name))) ?? { madeAt: 0 };
    if (Date.now() - madeAt < LONGEST) waiting += 1;
    else await attempt('readwrite', (store) => store.delete(name));
  }
  return waiting;
}

/** Returns the name under which the key of a code is stored. @param {string} code in its normal form */
async function nameOf(code) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/**
 * Makes one IndexedDB request. Returns undefined if the browser refuses the request.
 *
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} use
 * @returns {Promise<T | undefined>}
 */
async function attempt(mode, use) {
  try {
    const database = await opened();
    try {
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return request.result;
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}
