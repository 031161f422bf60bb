/**
 * The key that encrypts the drafts of all tabs during a session (docs/decisions/0018-shared-computers.md).
 *
 * The browser stores the key twice. One copy is readable and exists only during the session. The other copy is encrypted with the
 * credentials of step 1. After a time-out, only the same credentials can therefore decrypt the drafts.
 *
 * @typedef {{ salt: string, locked: string, open?: string }} StoredKey locked is the key, encrypted with the credentials;
 *   open is the readable copy
 * @typedef {{ salt: string, key: CryptoKey }} CredentialKey
 */
import { decrypted, encrypted, importKey, keyFrom, newKey, newSalt } from './encryption.js';
import { siteMemory } from './storage.js';

const NAME = 'draft-key';

/**
 * Derives the key of the credentials. The derivation is slow, so step 1 runs it while the server checks the credentials.
 *
 * @param {string[]} credentials in their normal form
 * @returns {Promise<CredentialKey | null>} null if the browser cannot derive keys, for example on a page without HTTPS
 */
export async function credentialKey(credentials) {
  try {
    const salt = recalled()?.salt ?? newSalt();
    return { salt, key: await keyFrom(credentials, salt) };
  } catch {
    return null;
  }
}

/**
 * Unlocks the key after an identity check. If the stored key belongs to other credentials, a new key replaces it, and the drafts of
 * those credentials are lost.
 *
 * @param {CredentialKey} credentials
 */
export async function unlockDraftKey({ salt, key }) {
  const stored = recalled();
  const open = stored && (await decrypted(key, stored.locked));
  if (stored && open) remember({ ...stored, open });
  else {
    const created = newKey();
    remember({ salt, locked: await encrypted(key, created), open: created });
  }
}

/** Deletes the readable copy. */
export function lockDraftKey() {
  const stored = recalled();
  if (!stored?.open) return;
  remember({ salt: stored.salt, locked: stored.locked });
}

/** Deletes both copies, after which the drafts of no tab can be decrypted. */
export function deleteDraftKey() {
  siteMemory.forget(NAME);
}

/** Returns the key during a session, or null. */
export async function draftKey() {
  const open = recalled()?.open;
  return open ? importKey(open) : null;
}

export function isDraftKeyUnlocked() {
  return recalled()?.open !== undefined;
}

/** @returns {StoredKey | null} */
function recalled() {
  const text = siteMemory.recall(NAME);
  return text === null ? null : JSON.parse(text);
}

/** @param {StoredKey} stored */
function remember(stored) {
  siteMemory.remember(NAME, JSON.stringify(stored));
}
