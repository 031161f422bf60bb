/** Finds typing errors in the domains of common email providers. */

/** The domains that are suggested. */
const COMMON = [
  'gmail.com',
  'yahoo.co.jp',
  'docomo.ne.jp',
  'icloud.com',
  'ezweb.ne.jp',
  'au.com',
  'softbank.ne.jp',
  'i.softbank.jp',
  'outlook.jp',
  'outlook.com',
  'hotmail.co.jp',
  'hotmail.com',
  'ymobile.ne.jp',
  'yahoo.ne.jp',
  'ymail.ne.jp',
  'yahoo.com',
  'nifty.com',
  'biglobe.ne.jp',
  'plala.or.jp',
  'so-net.ne.jp',
  'eonet.ne.jp',
  'rakuten.jp',
];

/** Other domains of providers. They are similar to common domains, or too short to recognise a typing error. */
const OTHER = new Set([
  'aol.com',
  'dti.ne.jp',
  'email.com',
  'gmx.com',
  'goo.jp',
  'googlemail.com',
  'live.com',
  'live.jp',
  'mac.com',
  'mail.com',
  'me.com',
  'msn.com',
  'ocn.ne.jp',
  'rocketmail.com',
  'softbank.co.jp',
  'y-mobile.ne.jp',
  'ymail.com',
]);

/** The length from which a domain can contain two typing errors. */
const LONG = 9;

/**
 * Returns the common domain that is probably meant, or null. A known domain is never a typing error.
 *
 * @param {string} domain in lower case
 * @returns {string | null}
 */
export function suggestedDomain(domain) {
  if (COMMON.includes(domain) || OTHER.has(domain)) return null;
  let nearest = null;
  let fewest = Infinity;
  for (const common of COMMON) {
    const errors = typingErrors(domain, common);
    if (errors <= (common.length < LONG ? 1 : 2) && errors < fewest) [nearest, fewest] = [common, errors];
  }
  return nearest;
}

/** Returns whether the domain can become a common domain if the subscriber types on. @param {string} domain */
export function isUnfinished(domain) {
  return COMMON.some((common) => common.startsWith(domain));
}

/**
 * Returns the number of inserted, missing, wrong and transposed characters (the Damerau–Levenshtein distance without
 * changes inside transposed characters).
 *
 * @param {string} typed
 * @param {string} meant
 */
export function typingErrors(typed, meant) {
  /** @type {number[]} */
  let beforeLast = [];
  let last = Array.from({ length: meant.length + 1 }, (_, index) => index);
  for (let row = 1; row <= typed.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= meant.length; column += 1) {
      const wrong = typed[row - 1] === meant[column - 1] ? 0 : 1;
      const isTransposed = typed[row - 1] === meant[column - 2] && typed[row - 2] === meant[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + wrong,
        isTransposed ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, meant.length);
}

/** @param {number[]} row @param {number} column */
function at(row, column) {
  return row[column] ?? Infinity;
}
