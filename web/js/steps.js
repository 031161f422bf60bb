/**
 * The steps of the wizard and their pages.
 *
 * @typedef {import('./api.js').Schemas['Step']} Step
 */

/** @type {readonly Step[]} */
export const steps = ['identify', 'choose', 'check', 'enter', 'confirm', 'receipt'];

/**
 * The page on which a person continues with a step. Step 3 needs a certificate, so the list comes first.
 *
 * @type {Readonly<Record<Step, string>>}
 */
const pages = {
  identify: 'index.html',
  choose: 'certificates.html',
  check: 'certificates.html',
  enter: 'application.html',
  confirm: 'review.html',
  receipt: 'certificates.html',
};

/**
 * @param {Step} step
 * @param {Record<string, string>} [query]
 */
export function pageOf(step, query) {
  return withQuery(pages[step], query);
}

/** The parameter of the address with the end of the session (RFC 3339). */
const SESSION_UNTIL = 'session-until';

/** The longest session, in milliseconds. The address of a page from this site never contains a later end of the session. */
const LONGEST_SESSION = 60 * 60_000;

/** @param {string} couponNumber */
export function certificatePage(couponNumber) {
  return withQuery('certificate.html', { coupon: couponNumber });
}

/**
 * @param {string} receiptNumber
 * @param {Record<string, string>} [query]
 */
export function receiptPage(receiptNumber, query) {
  return withQuery('receipt.html', { number: receiptNumber, ...query });
}

/** @param {string} receiptNumber */
export function correctionPage(receiptNumber) {
  return withQuery('correct-address.html', { number: receiptNumber });
}

/** Returns the address of an identity check that leads to `page`. @param {string} page */
export function identityCheckFor(page) {
  return pageOf('identify', { from: 'identity-check-required', to: page });
}

/**
 * Returns the address of the page after the identity check, which is the page that required the check if it belongs to a receipt.
 *
 * The end of the session is in the address, because a browser that does not store cookies may not store other values.
 *
 * @param {import('./api.js').Schemas['SessionStarted']} started
 */
export function pageAfterIdentityCheck({ nextStep, session }) {
  const asked = new URLSearchParams(location.search).get('to') ?? '';
  const page = /^(receipt|correct-address)\.html\?number=[0-9A-Z-]+$/.test(asked) ? asked : pageOf(nextStep);
  return `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams({ [SESSION_UNTIL]: session.expiresAt })}`;
}

/**
 * Returns whether the identity check led to this page and its session still lasts. If the API then finds no session, the
 * browser did not store the cookie.
 *
 * @param {string} now RFC 3339
 */
export function isWithinNewSession(now) {
  const until = new URLSearchParams(location.search).get(SESSION_UNTIL);
  const left = Date.parse(until ?? '') - Date.parse(now);
  return left > 0 && left <= LONGEST_SESSION;
}

/** Removes the end of the session from the address, after a response has shown that the browser stored the cookie. */
export function forgetNewSession() {
  const address = new URL(location.href);
  if (!address.searchParams.has(SESSION_UNTIL)) return;
  address.searchParams.delete(SESSION_UNTIL);
  history.replaceState(history.state, '', address);
}

/**
 * Leaves for another page. The promise resolves only when the browser restores this page, so no button
 * can be pressed again before that.
 *
 * @param {string} address
 * @returns {Promise<void>}
 */
export function goTo(address) {
  location.assign(address);
  return new Promise((resolve) => addEventListener('pageshow', () => resolve(), { once: true }));
}

/**
 * @param {string} page
 * @param {Record<string, string>} [query]
 */
function withQuery(page, query = {}) {
  const parameters = String(new URLSearchParams(query));
  return parameters ? `${page}?${parameters}` : page;
}
