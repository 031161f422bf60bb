/** Step 6: what was accepted and what has happened since. */
import { showReceipt } from '../api.js';
import { dateTimeText } from '../dates.js';
import { byId, descriptionList, element } from '../elements.js';
import { t } from '../i18n.js';
import { say } from '../messages.js';
import { loadPage, startPage } from '../shell.js';
import { pageOf } from '../steps.js';

/** @typedef {import('../api.js').Schemas['Receipt']} Receipt */

const receiptNumber = new URLSearchParams(location.search).get('number') ?? '';
const content = byId('content', HTMLElement);

/** @type {Receipt | null} */
let receipt = null;

if (receiptNumber === '') location.replace(pageOf('choose'));
startPage({ title: 'title.receipt', step: 'receipt', draw });
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
    element('h2', {}, t('receipt.timelineHeading')),
    timeline(receipt),
    element('h2', {}, t('receipt.detailsHeading')),
    descriptionList([
      [t('receipt.couponNumber'), receipt.couponNumber],
      [t('receipt.commonName'), receipt.commonName],
      [t('receipt.serialNumber'), element('span', { class: 'serial' }, receipt.serialNumber)],
    ]),
    element('h2', {}, t('receipt.nextHeading')),
    nextSteps(),
    actions(),
  );
}

/** @param {Receipt} shown */
function accepted(shown) {
  return element(
    'section',
    { class: 'notice notice-success' },
    element('h2', {}, t('receipt.accepted')),
    element('p', {}, t('receipt.number')),
    element('p', { class: 'receipt-number' }, shown.receiptNumber),
    element('p', {}, t('receipt.keep')),
  );
}

/** @param {Receipt} shown */
function timeline({ acceptedAt, revocation, mail }) {
  const address = mail.maskedAddress;
  return descriptionList([
    [t('receipt.acceptedAt'), dateTimeText(acceptedAt)],
    [t('receipt.revocation'), revocationText(revocation)],
    [
      t('receipt.mail'),
      mail.sentAt
        ? t('receipt.mailSent', { time: dateTimeText(mail.sentAt), address })
        : t('receipt.mailExpected', { time: dateTimeText(mail.expectedBy), address }),
    ],
    .../** @type {[string, string][]} */ (
      mail.codeExpiresAt ? [[t('receipt.codeExpiresAt'), dateTimeText(mail.codeExpiresAt)]] : []
    ),
  ]);
}

/** @param {Receipt['revocation']} revocation */
function revocationText({ revokedAt, latestAt }) {
  if (revokedAt) return t('receipt.revoked', { time: dateTimeText(revokedAt) });
  if (latestAt) return t('receipt.revokedAtPickup', { time: dateTimeText(latestAt) });
  return t('receipt.revocationPending');
}

function nextSteps() {
  return element(
    'ol',
    {},
    element('li', {}, t('receipt.next1')),
    element('li', {}, t('receipt.next2')),
    element('li', {}, t('receipt.next3'), ' ', element('a', { href: 'contact.html' }, t('receipt.contact'))),
  );
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
