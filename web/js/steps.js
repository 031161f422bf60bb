/**
 * Defines the wizard's steps and the page of each step.
 *
 * @typedef {import('./api.js').Schemas['Step']} Step
 */

/** @type {readonly Step[]} */
export const steps = ['identify', 'choose', 'check', 'enter', 'confirm', 'receipt'];

/**
 * The page where the subscriber continues with each step. Steps 3 and 6 need a certificate or a receipt, so both start
 * at the list of certificates.
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

/** The query parameter that contains the end of the session (RFC 3339). */
const SESSION_UNTIL = 'session-until';

/**
 * The maximum duration of a session in milliseconds. URLs from this site never contain a session end that is further in
 * the future.
 */
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

/** Returns the URL of an identity check that continues to `page`. @param {string} page */
export function identityCheckFor(page) {
  return pageOf('identify', { from: 'identity-check-required', to: page });
}

/**
 * Returns the URL of the page after the identity check. If a receipt or an address correction required the check, the
 * URL leads back to that page.
 *
 * The URL contains the end of the session, because a browser that does not store cookies may not store other values
 * either.
 *
 * @param {import('./api.js').Schemas['SessionStarted']} started
 */
export function pageAfterIdentityCheck({ nextStep, session }) {
  const asked = new URLSearchParams(location.search).get('to') ?? '';
  const page = /^(receipt|correct-address)\.html\?number=[0-9A-Z-]+$/.test(asked) ? asked : pageOf(nextStep);
  return `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams({ [SESSION_UNTIL]: session.expiresAt })}`;
}

/**
 * Returns whether an identity check led to this page and the new session has not expired. If the API still reports a
 * missing session, the browser did not store the cookie.
 *
 * @param {string} now RFC 3339
 */
export function isWithinNewSession(now) {
  const until = new URLSearchParams(location.search).get(SESSION_UNTIL);
  const left = Date.parse(until ?? '') - Date.parse(now);
  return left > 0 && left <= LONGEST_SESSION;
}

/** Removes the end of the session from the URL after a response has shown that the browser stored the cookie. */
export function forgetNewSession() {
  const address = new URL(location.href);
  if (!address.searchParams.has(SESSION_UNTIL)) return;
  address.searchParams.delete(SESSION_UNTIL);
  history.replaceState(history.state, '', address);
}

/**
 * Navigates to another page. The promise resolves only if the browser restores this page, so buttons remain disabled
 * until then.
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
