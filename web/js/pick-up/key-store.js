/**
 * The person's key, from the moment it is made until its file is saved.
 *
 * It is kept in IndexedDB meanwhile, with the request that was sent for it. That is a choice between two risks. Kept,
 * an extractable key lies in the profile of this browser for some minutes, where a script of this site, or someone
 * else at this device, could read it. Not kept, a reload or an answer that is lost after the certificate was issued
 * leaves a certificate without a key: it would have to be revoked, and the person to apply once more. The key is
 * therefore kept, found only with the certificate code, and deleted when the person confirms that the file is saved.
 *
 * @typedef {{ keyPair: CryptoKeyPair, request: string, madeAt: number, kept: boolean }} StoredKey
 *   request in PEM; kept says whether the browser will still have it after a reload
 */
import { certificationRequest, makeKeyPair } from '../pki/certification-request.js';

const DATABASE = 'cert-reissue';
const STORE = 'own-keys';

/** As long as an application lasts: after that nobody can ask for a certificate over the key. */
const LONGEST = 30 * 24 * 60 * 60_000;

/** What the browser did not store. @type {Map<string, StoredKey>} */
const unstored = new Map();

/**
 * The key that was made for a code before, if there is one.
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
 * Makes a key and its request, and keeps them. When another tab was faster, its key is the one.
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

/** Deletes what nobody came back for, and says how many keys are waiting for their file. */
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

/** The code itself is not stored. @param {string} code in its normal form */
async function nameOf(code) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/**
 * One request to the store; undefined when the browser refuses it.
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
