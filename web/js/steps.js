/**
 * The steps of the wizard and their pages.
 *
 * @typedef {import('./api.js').Schemas['Step']} Step
 */

/** @type {readonly Step[]} */
export const steps = ['identify', 'choose', 'check', 'enter', 'confirm', 'receipt'];

/**
 * The page on which a person goes on. Step 3 is about one certificate, so it is reached through the list.
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

/** The parameter of an address that has the end of the session; RFC 3339. */
const SESSION_UNTIL = 'session-until';

/** No session ends later after its identity check; in milliseconds. A later end in an address was made up. */
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

/** The identity check that must come before `page`, and that leads to it. @param {string} page */
export function identityCheckFor(page) {
  return pageOf('identify', { from: 'identity-check-required', to: page });
}

/**
 * Where the identity check leads: to the page that it was needed for, if that is one of a receipt.
 *
 * The address tells the page when the session ends: a browser that keeps no cookie may store nothing else either.
 *
 * @param {import('./api.js').Schemas['SessionStarted']} started
 */
export function pageAfterIdentityCheck({ nextStep, session }) {
  const asked = new URLSearchParams(location.search).get('to') ?? '';
  const page = /^(receipt|correct-address)\.html\?number=[0-9A-Z-]+$/.test(asked) ? asked : pageOf(nextStep);
  return `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams({ [SESSION_UNTIL]: session.expiresAt })}`;
}

/**
 * Returns whether the identity check led to this page and its session still lasts. If the API knows no session then, the
 * browser did not keep the cookie.
 *
 * @param {string} now RFC 3339
 */
export function isWithinNewSession(now) {
  const until = new URLSearchParams(location.search).get(SESSION_UNTIL);
  const left = Date.parse(until ?? '') - Date.parse(now);
  return left > 0 && left <= LONGEST_SESSION;
}

/** Removes the end of the session from the address, once an answer has shown that the browser kept the cookie. */
export function forgetNewSession() {
  const address = new URL(location.href);
  if (!address.searchParams.has(SESSION_UNTIL)) return;
  address.searchParams.delete(SESSION_UNTIL);
  history.replaceState(history.state, '', address);
}

/**
 * Leaves for another page. The promise is kept only when the browser brings this page back, so that until then
 * nothing on it can be pressed again.
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
