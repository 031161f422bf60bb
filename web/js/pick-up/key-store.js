/**
 * Stores the person's key and its request in IndexedDB, from the generation of the key until its file is saved.
 *
 * This is a choice between two risks. A stored key is in the profile of this browser for some minutes. A script of this site or
 * another person at this device could read it. Without a stored key, a reload or a lost answer after the issuance leaves a
 * certificate without a key. That certificate would have to be revoked, and the person would have to apply again. The key is
 * therefore stored under the hash of the certificate code, and deleted when the person confirms that the file is saved.
 *
 * @typedef {{ keyPair: CryptoKeyPair, request: string, madeAt: number, kept: boolean }} StoredKey
 *   request in PEM; kept is true if the browser still has the key after a reload
 */
import { certificationRequest, makeKeyPair } from '../pki/certification-request.js';

const DATABASE = 'cert-reissue';
const STORE = 'own-keys';

/** The lifetime of an application in milliseconds. After it no certificate can be requested for the key. */
const LONGEST = 30 * 24 * 60 * 60_000;

/** The keys that the browser did not store. @type {Map<string, StoredKey>} */
const unstored = new Map();

/**
 * Returns the key that was previously generated for a code, or null.
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
 * Generates a key and its request, and stores them. If another tab has stored a key for the code first, returns that one.
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

/** Deletes keys that are too old, and returns the number of keys whose file is not saved yet. */
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

/** Returns the hash of a code, because the code itself is not stored. @param {string} code in its normal form */
async function nameOf(code) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/**
 * Makes one request to the database. Returns undefined if the browser refuses it.
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
