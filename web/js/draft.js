/**
 * Stores form input in the tab, encrypted with a key shared by all tabs (docs/decisions/0018-shared-computers.md). A
 * draft's number is the coupon number in step 4, and the receipt number in an address correction.
 *
 * @typedef {Record<string, string>} Entered
 * @typedef {Record<string, Entered>} Drafts by their number
 * @typedef {{ salt: string, locked: string, open?: string }} StoredKey locked is encrypted with the credentials; open is
 *   readable and exists only during the session
 */
import { decrypted, encrypted, importKey, keyFrom, newKey, newSalt } from './encryption.js';
import { siteMemory, tabMemory } from './storage.js';

export const DRAFTS = 'drafts';

const KEY = 'draft-key';

/** Resolves after the last change. Changes run one after another. @type {Promise<void>} */
let changes = Promise.resolve();

/**
 * @param {string} number
 * @returns {Promise<Entered | null>}
 */
export async function recallDraft(number) {
  const key = await openKey();
  return key && ((await drafts(key))[number] ?? null);
}

/**
 * @param {string} number
 * @param {Entered} entered
 */
export function keepDraft(number, entered) {
  return change((all) => ({ ...all, [number]: entered }));
}

/** @param {string} number */
export function forgetDraft(number) {
  return change(({ [number]: _forgotten, ...others }) => others);
}

/** Deletes the drafts of this tab, and makes the drafts of other tabs unreadable. */
export function forgetDrafts() {
  siteMemory.forget(KEY);
  tabMemory.forget(DRAFTS);
}

/** Makes all drafts unreadable until the next identity check. */
export function lockDrafts() {
  const stored = storedKey();
  if (stored?.open) storeKey({ salt: stored.salt, locked: stored.locked });
}

/**
 * Derives a key, which is slow, while the server checks the credentials. After a successful check, the returned
 * function makes drafts for these credentials readable and deletes other drafts.
 *
 * @param {import('./api.js').Schemas['Credentials']} credentials in their normal form
 * @returns {() => Promise<void>}
 */
export function prepareDrafts({ emailAddress, applicationPassword, certificateCode }) {
  const lock = lockOf([emailAddress.toLowerCase(), applicationPassword, certificateCode]);
  return async () => {
    const derived = await lock;
    if (!derived) {
      forgetDrafts();
      return;
    }
    const { salt, key } = derived;
    const stored = storedKey();
    const open = stored && (await decrypted(key, stored.locked));
    if (stored && open) {
      storeKey({ ...stored, open });
    } else {
      const created = newKey();
      storeKey({ salt, locked: await encrypted(key, created), open: created });
    }
    await change((all) => all);
  };
}

/** @param {(all: Drafts) => Drafts} changed */
function change(changed) {
  changes = changes.then(async () => {
    const key = await openKey();
    if (!key) return;
    const all = changed(await drafts(key));
    const text = Object.keys(all).length > 0 ? await encrypted(key, all) : null;
    // The session may have ended in the meantime.
    if (!storedKey()?.open) return;
    if (text === null) tabMemory.forget(DRAFTS);
    else tabMemory.remember(DRAFTS, text);
  });
  return changes;
}

/** @param {CryptoKey} key @returns {Promise<Drafts>} empty if the drafts were encrypted with another key */
async function drafts(key) {
  const text = tabMemory.recall(DRAFTS);
  return (text && (await decrypted(key, text))) || {};
}

/** Returns null if the browser cannot derive keys, for example without HTTPS. @param {string[]} credentials */
async function lockOf(credentials) {
  try {
    const salt = storedKey()?.salt ?? newSalt();
    return { salt, key: await keyFrom(credentials, salt) };
  } catch {
    return null;
  }
}

/** Returns the readable copy of the key, or null. */
async function openKey() {
  const open = storedKey()?.open;
  return open ? importKey(open) : null;
}

/** @returns {StoredKey | null} */
function storedKey() {
  const text = siteMemory.recall(KEY);
  return text === null ? null : JSON.parse(text);
}

/** @param {StoredKey} stored */
function storeKey(stored) {
  siteMemory.remember(KEY, JSON.stringify(stored));
}
