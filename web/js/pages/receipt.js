/** Step 6 shows the accepted application and all events since the acceptance. */
import { resendCode, showReceipt } from '../api.js';
import '../catalogue/receipt.js';
import { dateTimeText } from '../dates.js';
import { byId, descriptionList, element, octetsView } from '../elements.js';
import { handleFailure } from '../failures.js';
import { whileRunning } from '../form.js';
import { t } from '../i18n.js';
import { clearProblem, say, showNotice } from '../messages.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { correctionPage, pageOf } from '../steps.js';

/** @typedef {import('../api.js').Schemas['Receipt']} Receipt */

const receiptNumber = new URLSearchParams(location.search).get('number') ?? '';
const content = byId('content', HTMLElement);

/** @type {Receipt | null} */
let receipt = null;

if (receiptNumber === '') location.replace(pageOf('choose'));
startPage({ title: 'title.receipt', step: 'receipt', watch: watchSession, draw });
load(() => {});

/** @param {() => void} then */
function load(then) {
  loadPage(
    () => showReceipt(receiptNumber),
    (answer) => {
      receipt = answer;
      draw();
      then();
    },
  );
}

function draw() {
  if (!receipt) return;
  content.replaceChildren(
    accepted(receipt),
    ...ending(receipt),
    ...(isOpen(receipt) ? mailTrouble(receipt) : []),
    element('h2', {}, t('receipt.timelineHeading')),
    timeline(receipt),
    ...pending(receipt),
    ...(isOpen(receipt) ? [toPickUp()] : []),
    element('h2', {}, t('receipt.detailsHeading')),
    descriptionList([
      [t('facts.couponNumber'), receipt.couponNumber],
      [t('facts.commonName'), receipt.commonName],
      [t('receipt.serialNumber'), octetsView(receipt.serialNumber)],
      ...(receipt.pickUp.couponNumber ? [pair('receipt.newCoupon', receipt.pickUp.couponNumber)] : []),
    ]),
    ...(isOpen(receipt) ? [element('h2', {}, t('receipt.nextHeading')), nextSteps(receipt)] : []),
    ...(isUndeliverable(receipt.mail) ? [] : resendView(receipt)),
    ...correctionView(receipt),
    actions(),
  );
}

/** Returns whether the certificate can still be picked up. @param {Receipt} shown */
function isOpen({ state }) {
  return state === 'waiting';
}

/** @param {Receipt} shown */
function accepted(shown) {
  return element(
    'section',
    { class: 'notice notice-success' },
    element('h2', {}, t('receipt.accepted')),
    element('p', {}, t('facts.receiptNumber')),
    element('p', { class: 'receipt-number' }, shown.receiptNumber),
    element('p', {}, t('receipt.keep')),
  );
}

/** Returns the notice about a stop or a rejection. @param {Receipt} shown */
function ending({ state }) {
  if (state !== 'stopped' && state !== 'rejected') return [];
  return [
    element(
      'section',
      { class: 'notice notice-error', id: 'ending' },
      element('h2', {}, t(`receipt.ending.${state}`)),
      element('p', {}, t(`receipt.endingWhy.${state}`)),
      element('p', {}, element('a', { href: 'contact.html' }, t('problem.toContact'))),
    ),
  ];
}

/** Returns whether further emails to the same address would also bounce. @param {Receipt['mail']} mail */
function isUndeliverable({ state, bounce }) {
  return state === 'bounced' && (bounce === 'undeliverable' || bounce === 'suppressed');
}

/** Returns the remedy for an email that was delayed or did not arrive. @param {Receipt} shown */
function mailTrouble({ mail: { state, bounce, maskedAddress: address } }) {
  if (state === 'waiting' || state === 'held' || state === 'sent' || state === 'delivered') return [];
  const remedy = state === 'bounced' ? (bounce ?? 'temporaryFailure') : state;
  return [
    element(
      'section',
      { class: 'notice notice-warning', id: 'mail-trouble' },
      element('h2', {}, t(`receipt.mailTrouble.${state}`)),
      element('p', {}, t(`receipt.mailRemedy.${remedy}`, { address })),
      ...ways(remedy).map((way) => element('p', {}, way)),
    ),
  ];
}

/** Returns the links for an email that did not arrive. @param {string} remedy */
function ways(remedy) {
  const correct = element('a', { href: correctionPage(receiptNumber) }, t('correction.toPage'));
  const contact = element('a', { href: 'contact.html' }, t('problem.toContact'));
  switch (remedy) {
    case 'undeliverable':
      return [correct];
    case 'suppressed':
      return [correct, contact];
    case 'complained':
    case 'refused':
      return [contact];
    default:
      return [];
  }
}

/** @param {Receipt} shown */
function timeline({ timeline: events }) {
  const items = events.map(({ event, at, crl = '', crlNumber = '', maskedAddress: address = '' }) =>
    element(
      'li',
      {},
      element('time', { datetime: at }, dateTimeText(at)),
      element('span', {}, t(`receipt.event.${event}`, { crl, number: crlNumber, address })),
    ),
  );
  return element('ol', { class: 'timeline' }, ...items);
}

/** Returns the expected events, each with the latest time at which it occurs. @param {Receipt} shown */
function pending(shown) {
  const { revocation, mail, pickUp } = shown;
  if (!isOpen(shown)) return [];
  return [
    element('h2', {}, t('receipt.pendingHeading')),
    descriptionList([
      ...(revocation.revokedAt ? [] : [pair('receipt.revocation', revocationText(revocation))]),
      ...(['waiting', 'held', 'sent'].includes(mail.state) ? [pair('receipt.mail', mailText(mail))] : []),
      ...(mail.codeExpiresAt ? [pair('facts.codeExpiresAt', dateTimeText(mail.codeExpiresAt))] : []),
      pair('receipt.until', dateTimeText(pickUp.until)),
    ]),
  ];
}

/** @param {import('../i18n.js').Key} key @param {string} text @returns {[string, string]} */
function pair(key, text) {
  return [t(key), text];
}

/** @param {Receipt['mail']} mail */
function mailText({ state, heldUntil, expectedBy, maskedAddress: address }) {
  const time = expectedBy ? dateTimeText(expectedBy) : '';
  if (state === 'held' && heldUntil) return t('receipt.mailHeld', { until: dateTimeText(heldUntil), time, address });
  if (state === 'held') return t('receipt.mailHeldForOfficer', { address });
  if (state === 'waiting') return t('receipt.mailExpected', { time, address });
  return t('receipt.mailOnItsWay', { address });
}

/** @param {Receipt['revocation']} revocation */
function revocationText({ latestAt }) {
  if (latestAt) return t('receipt.revokedAtPickup', { time: dateTimeText(latestAt) });
  return t('receipt.revocationPending');
}

/** @param {Receipt} shown */
function nextSteps({ mail: { state, heldUntil } }) {
  const held = heldUntil ? t('receipt.next1Held', { until: dateTimeText(heldUntil) }) : t('receipt.next1Officer');
  return element(
    'ol',
    {},
    element('li', {}, state === 'held' ? held : t('receipt.next1')),
    element('li', {}, t('receipt.next2')),
  );
}

function toPickUp() {
  const link = element('a', { class: 'button button-solid', href: 'pick-up.html' }, t('receipt.toPickUp'));
  return element('div', { class: 'buttons' }, link);
}

/** @param {Receipt} shown */
function resendView({ resend, mail }) {
  const { reason, notBefore, remaining: count } = resend;
  if (reason === 'pickedUp' || reason === 'stopped' || reason === 'rejected') return [];
  const heading = element('h2', {}, t('receipt.resendHeading'));
  if (reason) {
    const why = noResendText(reason, notBefore, count);
    const spam = reason === 'expired' || reason === 'held' ? [] : spamHint(mail);
    return [heading, ...spam, element('p', {}, why, ' ', remedy(reason))];
  }
  const { maskedAddress: address } = mail;
  const button = element('button', { id: 'resend', type: 'button', class: 'button button-outline' }, t('receipt.resend'));
  button.addEventListener('click', () => whileRunning(button, t('receipt.resending'), requestCode));
  return [
    heading,
    ...spamHint(mail),
    element('p', {}, t('receipt.resendWhy', { address })),
    element('p', {}, t('receipt.resendLimit', { count })),
    element('div', { class: 'buttons' }, button),
  ];
}

/** @param {'tooSoon' | 'held' | 'limitReached' | 'expired'} reason @param {string | null} notBefore @param {number} count */
function noResendText(reason, notBefore, count) {
  if (reason === 'held' && !notBefore) return t('receipt.noResend.heldForOfficer');
  return t(`receipt.noResend.${reason}`, { time: notBefore ? dateTimeText(notBefore) : '', count });
}

/** @param {Receipt} shown */
function correctionView({ correction, mail: { maskedAddress: address } }) {
  const { possible, reason } = correction;
  if (reason === 'pickedUp' || reason === 'expired' || reason === 'stopped' || reason === 'rejected') return [];
  const text = possible ? t('correction.why', { address }) : t(`correction.notPossible.${reason ?? 'limitReached'}`);
  const link = element('a', { class: 'button button-outline', href: correctionPage(receiptNumber) }, t('correction.toPage'));
  return [
    element('h2', {}, t('correction.heading')),
    element('p', {}, text),
    ...(possible ? [element('div', { class: 'buttons' }, link)] : []),
  ];
}

/**
 * Returns the hint to check the spam folder, unless the email is delayed or has bounced.
 *
 * @param {Receipt['mail']} mail
 */
function spamHint({ state }) {
  return state === 'delayed' || state === 'bounced' ? [] : [element('p', {}, t('receipt.spam'))];
}

/** @param {'tooSoon' | 'held' | 'limitReached' | 'expired'} reason */
function remedy(reason) {
  switch (reason) {
    case 'tooSoon':
    case 'held':
      return '';
    case 'limitReached':
    case 'expired':
      return element('a', { href: 'contact.html' }, t('problem.toContact'));
  }
}

async function requestCode() {
  try {
    receipt = await resendCode(receiptNumber);
    clearProblem();
    draw();
    const text = t('receipt.resent', { address: receipt.mail.maskedAddress });
    showNotice({ kind: 'success', heading: t('receipt.resentHeading'), text });
    byId('notices', HTMLElement).scrollIntoView({ block: 'center' });
  } catch (failure) {
    handleFailure(failure, requestCode);
  }
}

function actions() {
  const refresh = () => load(() => say(t('receipt.refreshed')));
  return element(
    'div',
    { class: 'buttons' },
    element('button', { type: 'button', class: 'button button-outline', click: () => print() }, t('receipt.print')),
    element('button', { type: 'button', class: 'button button-outline', click: refresh }, t('receipt.refresh')),
  );
}
