/**
 * Stores the subscriber's key and its certification request in IndexedDB until the file with the key is saved.
 * Otherwise a reload or a lost response after the issuance would leave a certificate without a key. The stored key is
 * encrypted with the certificate code and the application password (docs/decisions/0018-shared-computers.md).
 *
 * @typedef {import('../api.js').Schemas['PickUpCredentials']} Credentials in their normal form
 * @typedef {{ privateKey: string, publicKey: string, request: string }} OwnKey privateKey is a PrivateKeyInfo and
 *   publicKey a SubjectPublicKeyInfo, both in base64; request is in PEM
 * @typedef {{ name: string, salt: string, locked: string, until: number }} StoredKey name is the hash of the
 *   certificate code; locked is the encrypted key; until is the end of the code in milliseconds
 */
import { decrypted, encrypted, keyFrom, newSalt, toBase64 } from '../encryption.js';
import { certificationRequest, makeKeyPair, publicKeyInfo } from '../pki/certification-request.js';

const DATABASE = 'cert-reissue';
const VERSION = 2;
const STORE = 'locked-keys';

/** The object store of version 1, which contains unencrypted keys. */
const UNENCRYPTED = 'own-keys';

/** Keys that the browser did not store. @type {Map<string, OwnKey>} */
const unstored = new Map();

/**
 * Returns the key that was generated earlier for a certificate code, or null. A key that the credentials cannot decrypt
 * is deleted, so the function must be called only after the server has accepted the credentials.
 *
 * @param {Credentials} credentials
 * @returns {Promise<OwnKey | null>}
 */
export async function recallKey(credentials) {
  const name = await nameOf(credentials.certificateCode);
  /** @type {StoredKey | undefined} */
  const stored = await attempt('readonly', (store) => store.get(name));
  if (!stored) return unstored.get(name) ?? null;
  const key = await decrypted(await lockOf(credentials, stored.salt), stored.locked);
  if (!key) await deleteKey(credentials.certificateCode);
  return key;
}

/**
 * Generates and stores a key and its certification request. If another tab has already stored a key for the same code,
 * returns the stored key.
 *
 * @param {Credentials} credentials
 * @param {string} codeExpiresAt RFC 3339
 * @returns {Promise<OwnKey>}
 */
export async function makeKey(credentials, codeExpiresAt) {
  const key = await newOwnKey();
  const salt = newSalt();
  const locked = await encrypted(await lockOf(credentials, salt), key);
  const name = await nameOf(credentials.certificateCode);
  /** @type {StoredKey} */
  const stored = { name, salt, locked, until: Date.parse(codeExpiresAt) };
  if ((await attempt('readwrite', (store) => store.add(stored))) !== undefined) return key;
  const earlier = await recallKey(credentials);
  if (earlier) return earlier;
  unstored.set(name, key);
  return key;
}

/** @param {string} code */
export async function deleteKey(code) {
  const name = await nameOf(code);
  unstored.delete(name);
  await attempt('readwrite', (store) => store.delete(name));
}

/** Deletes the keys of expired codes, and returns the number of keys whose files have not been saved yet. */
export async function countWaitingKeys() {
  /** @type {StoredKey[]} */
  const stored = (await attempt('readonly', (store) => store.getAll())) ?? [];
  const expired = stored.filter(({ until }) => until <= Date.now());
  for (const { name } of expired) await attempt('readwrite', (store) => store.delete(name));
  return stored.length - expired.length;
}

async function newOwnKey() {
  const keyPair = await makeKeyPair();
  return {
    privateKey: toBase64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', keyPair.privateKey))),
    publicKey: toBase64(await publicKeyInfo(keyPair.publicKey)),
    request: await certificationRequest(keyPair),
  };
}

/** Derives the key that encrypts a stored key. @param {Credentials} credentials @param {string} salt */
function lockOf({ certificateCode, applicationPassword }, salt) {
  return keyFrom([certificateCode, applicationPassword], salt);
}

/** Returns the name under which the key of a code is stored. @param {string} code in its normal form */
async function nameOf(code) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return toBase64(new Uint8Array(digest));
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
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      if (database.objectStoreNames.contains(UNENCRYPTED)) database.deleteObjectStore(UNENCRYPTED);
      database.createObjectStore(STORE, { keyPath: 'name' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}
