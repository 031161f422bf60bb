/** Handles failed API calls. Redirects to the page where the subscriber can continue, or shows an error message. */
import { NetworkFailure, Problem, serverTime } from './api.js';
import { t } from './i18n.js';
import { showProblem } from './messages.js';
import { correctionPage, isWithinNewSession, pageOf, receiptPage } from './steps.js';

/**
 * @param {unknown} failure
 * @param {() => void} [retry] repeats the call; the error message offers it if a later call may succeed
 */
export function handleFailure(failure, retry) {
  const actions = retry ? [{ text: t('problem.retry'), act: retry }] : [];
  if (failure instanceof NetworkFailure) {
    showProblem({ heading: t('problem.networkTitle'), texts: [t('problem.network')], actions });
    return;
  }
  if (!(failure instanceof Problem)) throw failure;
  if (failure.type === 'session-missing' && isWithinNewSession(serverTime())) {
    showCookieNotKept();
    return;
  }
  const elsewhere = pageToGoOn(failure);
  if (elsewhere) {
    location.replace(elsewhere);
    return;
  }
  showProblem({
    heading: failure.details?.title ?? t('problem.heading'),
    texts: [failure.details?.detail ?? t('problem.server'), ...retryTexts(failure)],
    links: linksOf(failure),
    actions: failure.status >= 500 ? actions : [],
  });
}

/**
 * Reports that the browser did not store the session cookie. Redirecting to the identity check would lead back to this
 * page.
 */
function showCookieNotKept() {
  showProblem({
    heading: t('cookie.heading'),
    texts: [t('cookie.notKept'), t('cookie.remedy')],
    links: [
      { text: t('cookie.toBrowsers'), href: 'browsers.html' },
      { text: t('session.identifyAgain'), href: pageOf('identify', pageToReturnTo()) },
    ],
  });
}

/** @param {Problem} problem */
function pageToGoOn({ type, details }) {
  switch (type) {
    case 'session-missing':
      return pageOf('identify', { from: type, ...pageToReturnTo() });
    case 'session-ended':
      return pageOf('identify', { from: reasonOfEnd(details?.reason), ...pageToReturnTo() });
    case 'step-out-of-order':
      return details?.nextStep ? pageOf(details.nextStep, { from: type }) : null;
    case 'already-submitted':
      return details?.receiptNumber ? receiptPage(details.receiptNumber, { from: type }) : null;
    default:
      return null;
  }
}

/** Returns the reason for the redirect, as listed in shell.js. @param {string | undefined} reason */
export function reasonOfEnd(reason) {
  switch (reason) {
    case 'signedOut':
      return 'logged-out';
    case 'replaced':
      return 'session-replaced';
    case 'tooManySessions':
      return 'too-many-sessions';
    case 'wrongPasswords':
      return 'wrong-passwords';
    default:
      return 'session-ended';
  }
}

/** Returns the query parameters that make the identity check return to a receipt. @returns {{ to?: string }} */
function pageToReturnTo() {
  const number = new URLSearchParams(location.search).get('number');
  if (!number) return {};
  return { to: location.pathname.endsWith('/correct-address.html') ? correctionPage(number) : receiptPage(number) };
}

/** @param {Problem} problem */
function retryTexts({ retryAfter }) {
  if (retryAfter === null) return [];
  if (retryAfter <= 90) return [t('problem.afterSeconds', { count: retryAfter })];
  const minutes = Math.ceil(retryAfter / 60);
  return [minutes <= 90 ? t('problem.afterMinutes', { count: minutes }) : t('problem.afterHours', { count: Math.ceil(minutes / 60) })];
}

/** @param {Problem} problem */
function linksOf({ type, details }) {
  const links = [];
  if (details?.receiptNumber) links.push({ text: t('problem.toReceipt'), href: receiptPage(details.receiptNumber) });
  if (type === 'certificate-not-reissuable' || type === 'not-found') {
    links.push({ text: t('problem.toList'), href: pageOf('choose') });
  }
  if (type === 'session-limit-reached') {
    links.push({ text: t('session.identifyAgain'), href: pageOf('identify', pageToReturnTo()) });
  }
  if (['application-expired', 'application-stopped', 'application-rejected', 'stop-code-unknown'].includes(type)) {
    links.push({ text: t('problem.toContact'), href: 'contact.html' });
  }
  return links;
}
