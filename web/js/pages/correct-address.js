/** Corrects a mistyped email address of an application, after a new identity check. The receipt links to this page. */
import { Problem, correctAddress, loadRules, showReceipt } from '../api.js';
import '../catalogue/receipt.js';
import { timeText } from '../dates.js';
import { forgetDraft, keepDraft, recallDraft } from '../draft.js';
import { byId, descriptionList, element } from '../elements.js';
import { checkNewEmailAddress } from '../email-address.js';
import { hintAtTypingErrors } from '../email-hint.js';
import { handleFailure } from '../failures.js';
import { checkMailboxesWith } from '../fields.js';
import {
  checkedValues,
  enteredValues,
  fillForm,
  labelFields,
  normaliseOnLeaving,
  showServerErrors,
  whileRunning,
} from '../form.js';
import { t } from '../i18n.js';
import { showNotice } from '../messages.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { correctionPage, goTo, identityCheckFor, pageOf, receiptPage } from '../steps.js';

/**
 * @typedef {import('../api.js').Schemas['Receipt']} Receipt
 * @typedef {import('../rules.js').Rules} Rules
 */

const receiptNumber = new URLSearchParams(location.search).get('number') ?? '';
const content = byId('content', HTMLElement);
const form = byId('correction', HTMLFormElement);
const correctButton = byId('correct', HTMLButtonElement);

/** @type {{ receipt: Receipt, rules: Rules } | null} */
let page = null;
let drawEmailHint = () => {};

checkMailboxesWith(checkNewEmailAddress);
if (receiptNumber === '') location.replace(pageOf('choose'));
byId('back', HTMLAnchorElement).href = receiptPage(receiptNumber);
startPage({ title: 'title.correct-address', isPrivate: true, watch: watchSession, draw });
loadPage(
  () => Promise.all([showReceipt(receiptNumber), loadRules(), recallDraft(receiptNumber)]),
  ([receipt, rules, draft]) => {
    page = { receipt, rules };
    fillForm(form, draft ?? {});
    normaliseOnLeaving(form, rules);
    // The password is not kept.
    const keepEntered = () => keepDraft(receiptNumber, { emailAddress: enteredValues(form).emailAddress ?? '' });
    drawEmailHint = hintAtTypingErrors(form, rules, keepEntered);
    form.addEventListener('input', keepEntered);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileRunning(correctButton, t('correction.running'), () => correct(rules));
    });
    draw();
  },
);

function draw() {
  if (!page) return;
  const { receipt, rules } = page;
  const { possible, identityCheckUntil: until } = receipt.correction;
  labelFields(form, rules);
  drawEmailHint();
  form.hidden = !possible || until === null;
  if (!possible) content.replaceChildren(...impossible(receipt));
  else if (until === null) content.replaceChildren(...identityCheckFirst(receipt));
  else content.replaceChildren(...explanation(receipt, until));
}

/** @param {Receipt} receipt */
function facts({ mail }) {
  return descriptionList([
    [t('facts.receiptNumber'), element('span', { class: 'code' }, receiptNumber)],
    [t('correction.currentAddress'), mail.maskedAddress],
  ]);
}

/** @param {Receipt} receipt @param {string} until */
function explanation(receipt, until) {
  return [
    element('p', { class: 'lead' }, t('correction.lead')),
    facts(receipt),
    element(
      'section',
      { class: 'notice notice-warning' },
      element('h2', {}, t('correction.effectHeading')),
      element(
        'ul',
        {},
        element('li', {}, t('correction.newCode')),
        element('li', {}, t('correction.oldCode')),
        element('li', {}, t('correction.hold')),
        element('li', {}, t('correction.limit', { count: receipt.correction.remaining })),
      ),
    ),
    element('p', {}, t('correction.until', { time: timeText(Date.parse(until)) })),
  ];
}

/** @param {Receipt} receipt */
function identityCheckFirst(receipt) {
  return [
    element('p', { class: 'lead' }, t('correction.checkFirst')),
    facts(receipt),
    element('p', {}, t('correction.checkWith')),
    buttons(
      back(),
      element('a', { class: 'button button-solid', href: identityCheckFor(correctionPage(receiptNumber)) }, t('correction.toCheck')),
    ),
  ];
}

/** @param {Receipt} receipt */
function impossible(receipt) {
  const reason = receipt.correction.reason ?? 'expired';
  return [
    element('section', { class: 'notice notice-warning' }, element('p', {}, t(`correction.notPossible.${reason}`))),
    facts(receipt),
    buttons(back(), element('a', { class: 'button button-outline', href: 'contact.html' }, t('problem.toContact'))),
  ];
}

function back() {
  return element('a', { class: 'button button-outline', href: receiptPage(receiptNumber) }, t('form.back'));
}

/** @param {...HTMLElement} children */
function buttons(...children) {
  return element('div', { class: 'buttons' }, ...children);
}

/** @param {Rules} rules */
async function correct(rules) {
  const values = checkedValues(form, rules);
  if (!page || !values) return;
  try {
    const { emailAddress, applicationPassword } = values;
    await correctAddress(receiptNumber, {
      version: page.receipt.version,
      emailAddress: emailAddress ?? '',
      applicationPassword: applicationPassword ?? '',
    });
    await forgetDraft(receiptNumber);
    await goTo(receiptPage(receiptNumber, { from: 'address-corrected' }));
  } catch (failure) {
    if (failure instanceof Problem && failure.type === 'application-changed') await showChanged();
    else if (isOutdated(failure)) location.reload();
    else if (!showServerErrors(form, failure)) handleFailure(failure, () => form.requestSubmit());
  }
}

/** Shows the current receipt after another page has changed the application. The entered address is kept. */
async function showChanged() {
  if (!page) return;
  try {
    page = { ...page, receipt: await showReceipt(receiptNumber) };
  } catch (failure) {
    handleFailure(failure, () => form.requestSubmit());
    return;
  }
  draw();
  showNotice({ kind: 'warning', heading: t('correction.changedHeading'), text: t('correction.changed') });
  byId('notices', HTMLElement).scrollIntoView({ block: 'center' });
}

/** Returns whether a reload of the page would show the remedy. @param {unknown} failure */
function isOutdated(failure) {
  return failure instanceof Problem && ['identity-check-required', 'correction-not-possible'].includes(failure.type);
}
