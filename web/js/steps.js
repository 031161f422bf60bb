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
 * @param {Step} nextStep
 */
export function pageAfterIdentityCheck(nextStep) {
  const asked = new URLSearchParams(location.search).get('to') ?? '';
  return /^(receipt|correct-address)\.html\?number=[0-9A-Z-]+$/.test(asked) ? asked : pageOf(nextStep);
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
function withQuery(page, query) {
  return query ? `${page}?${new URLSearchParams(query)}` : page;
}
