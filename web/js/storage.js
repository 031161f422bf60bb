/**
 * What the browser remembers. What it refuses to store is kept in memory until the page is left: the pages
 * work then, they only forget more.
 */

const PREFIX = 'cert-reissue.';

/** Shared by the tabs of the site. */
export const siteMemory = memory(() => localStorage);

/** Of one tab, kept through reload and restore. */
export const tabMemory = memory(() => sessionStorage);

/** @param {() => Storage} open */
function memory(open) {
  /** @type {Map<string, string>} */
  const unstored = new Map();
  return {
    /** @param {string} key */
    recall(key) {
      return unstored.get(key) ?? attempt(() => open().getItem(PREFIX + key)) ?? null;
    },
    /**
     * @param {string} key
     * @param {string} value
     */
    remember(key, value) {
      unstored.set(key, value);
      attempt(() => {
        open().setItem(PREFIX + key, value);
        unstored.delete(key);
      });
    },
    /** @param {string} key */
    forget(key) {
      unstored.delete(key);
      attempt(() => open().removeItem(PREFIX + key));
    },
    forgetAll() {
      unstored.clear();
      attempt(() => {
        const storage = open();
        for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
      });
    },
  };
}

/**
 * @template T
 * @param {() => T} use
 * @returns {T | undefined}
 */
function attempt(use) {
  try {
    return use();
  } catch {
    return undefined;
  }
}
