/**
 * Stores form values in the tab until they are sent. The values are encrypted with the key of draft-key.js. Each draft has a number,
 * which is the coupon number in step 4, and the receipt number when an address is corrected.
 *
 * @typedef {Record<string, string>} Entered
 * @typedef {Record<string, Entered>} Drafts by their number
 */
import { credentialKey, deleteDraftKey, draftKey, isDraftKeyUnlocked, unlockDraftKey } from './draft-key.js';
import { decrypted, encrypted } from './encryption.js';
import { tabMemory } from './storage.js';

/** The name in {@link tabMemory}. */
export const DRAFTS = 'drafts';

/** The end of the last change. Each change starts after the previous one has ended. @type {Promise<void>} */
let changes = Promise.resolve();

/**
 * @param {string} number
 * @returns {Promise<Entered | null>}
 */
export async function recallDraft(number) {
  const key = await draftKey();
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

/** Deletes the drafts of this tab, and makes those of other tabs unreadable. */
export function forgetDrafts() {
  deleteDraftKey();
  tabMemory.forget(DRAFTS);
}

/**
 * Prepares an identity check. The returned function must be called after the check has succeeded. It makes the drafts of the same
 * credentials readable, and deletes the drafts of other credentials.
 *
 * @param {import('./api.js').Schemas['Credentials']} credentials in their normal form
 * @returns {() => Promise<void>}
 */
export function prepareDrafts({ emailAddress, applicationPassword, certificateCode }) {
  const derived = credentialKey([emailAddress.toLowerCase(), applicationPassword, certificateCode]);
  return async () => {
    const key = await derived;
    if (!key) {
      forgetDrafts();
      return;
    }
    await unlockDraftKey(key);
    await change((all) => all);
  };
}

/** @param {(all: Drafts) => Drafts} changed */
function change(changed) {
  changes = changes.then(async () => {
    const key = await draftKey();
    if (!key) return;
    const all = changed(await drafts(key));
    const text = Object.keys(all).length > 0 ? await encrypted(key, all) : null;
    // The session may have ended in the meantime.
    if (!isDraftKeyUnlocked()) return;
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
