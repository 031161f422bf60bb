/**
 * Stores values in the browser. Values that the browser refuses to store are kept in memory until the page is unloaded,
 * so that the page still works.
 */

const PREFIX = 'cert-reissue.';

/** Values that all tabs of the site share. */
export const siteMemory = memory(() => localStorage);

/** Values of one tab, which survive a reload and the restoration of the tab. */
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
    /** @param {readonly string[]} [kept] the keys whose values stay */
    forgetAll(kept = []) {
      for (const key of unstored.keys()) if (!kept.includes(key)) unstored.delete(key);
      attempt(() => {
        const storage = open();
        for (const name of Object.keys(storage)) {
          if (name.startsWith(PREFIX) && !kept.includes(name.slice(PREFIX.length))) storage.removeItem(name);
        }
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
