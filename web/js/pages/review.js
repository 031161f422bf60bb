/** Step 5 shows the whole application read-only and submits it. A submission cannot be undone. */
import { NetworkFailure, loadRules, reviewApplication, serverTime, submitApplication } from '../api.js';
import { fixedRow, groupHeadings, isFixed } from '../application-fields.js';
import '../catalogue/wizard.js';
import { dateText, dateTimeText, periodText } from '../dates.js';
import { byId, descriptionList, element } from '../elements.js';
import { handleFailure } from '../failures.js';
import { checkedValues, labelFields, showServerErrors, whileRunning } from '../form.js';
import { language, t } from '../i18n.js';
import { clearProblem, showProblem } from '../messages.js';
import { fieldRule } from '../rules.js';
import { forgetData } from '../session.js';
import { watchSession } from '../session-watch.js';
import { loadPage, startPage } from '../shell.js';
import { goTo, pageOf, receiptPage } from '../steps.js';
import { tabMemory } from '../storage.js';

/**
 * @typedef {import('../api.js').Schemas} Schemas
 * @typedef {import('../rules.js').Rules} Rules
 */

const content = byId('content', HTMLElement);
const form = byId('submission', HTMLFormElement);
const submitButton = byId('submit', HTMLButtonElement);

/** @type {{ application: Schemas['ApplicationPage'], rules: Rules } | null} */
let page = null;

startPage({ title: 'title.review', step: 'confirm', watch: watchSession, draw });
loadPage(
  () => Promise.all([reviewApplication(), loadRules()]),
  ([application, rules]) => {
    page = { application, rules };
    // Only a changed email address requires the password again.
    if (!application.addressChange) byId('password', HTMLElement).remove();
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileRunning(submitButton, t('review.running'), () => submit(application, rules));
    });
    draw();
    form.hidden = false;
  },
);

function draw() {
  if (!page) return;
  const { application, rules } = page;
  const { fixed, certificate, revocation } = application;
  labelFields(form, rules);
  content.replaceChildren(
    element('p', { class: 'lead' }, t('review.lead')),
    ...rules.application.flatMap(({ group, fields }) => [
      element('h2', {}, t(groupHeadings[group])),
      descriptionList(
        fields.map((name) => (isFixed(name, rules) ? fixedRow(name, rules, fixed) : enteredRow(name, rules, application))),
      ),
    ]),
    element('h2', {}, t('review.certificate')),
    descriptionList([
      [t('facts.couponNumber'), certificate.couponNumber],
      [t('facts.validity'), periodText(certificate)],
    ]),
    warning(application),
    ...holdNotice(application),
  );
  const pickup = revocation.timing === 'pickup';
  submitButton.textContent = t(pickup ? 'review.submitPickup' : 'review.submitSubmission');
}

/**
 * @param {string} name
 * @param {Rules} rules
 * @param {Schemas['ApplicationPage']} application
 * @returns {[string, Node]}
 */
function enteredRow(name, rules, application) {
  const rule = fieldRule(rules, name);
  const label = rule.label[language()];
  const entered = /** @type {Record<string, string | null>} */ (application.fields)[name] ?? null;
  const value = rule.kind === 'postalCode' ? postalCodeText(entered) : entered;
  const change = element(
    'a',
    { class: 'change', href: `${pageOf('enter')}#field-${name}`, 'aria-label': t('review.changeField', { field: label }) },
    t('review.change'),
  );
  const text = value ? element('span', { class: 'answer', lang: 'ja' }, value) : element('span', { class: 'answer' }, t('review.none'));
  return [label, element('span', { class: 'changeable' }, text, change)];
}

/** Formats a postal code with a hyphen after the third digit. @param {string | null} digits */
function postalCodeText(digits) {
  return digits && `${digits.slice(0, 3)}-${digits.slice(3)}`;
}

/** @param {Schemas['ApplicationPage']} application */
function warning({ fields, revocation }) {
  const rule =
    revocation.timing === 'pickup' && revocation.latestAt
      ? t('review.warningPickup', { date: dateTimeText(revocation.latestAt) })
      : t('review.warningSubmission', { date: dateText(serverTime()) });
  return element(
    'section',
    { class: 'notice notice-warning' },
    element('h2', {}, t('review.warningHeading')),
    element('p', {}, t('review.warningAddress', { address: fields.emailAddress })),
    element('p', {}, element('strong', {}, rule)),
  );
}

/** Explains the hold of the code for a changed email address. @param {Schemas['ApplicationPage']} application */
function holdNotice({ addressChange, fields }) {
  if (!addressChange) return [];
  const { holdMinutes } = addressChange;
  return [
    element(
      'section',
      { class: 'notice notice-information', id: 'hold' },
      element('h2', {}, t('review.holdHeading')),
      element('p', {}, t('review.holdWhy')),
      element('p', {}, holdText(holdMinutes, fields.emailAddress)),
      element('p', {}, t('review.holdStop')),
    ),
  ];
}

/** @param {number | null} minutes @param {string} address */
function holdText(minutes, address) {
  if (minutes === null) return t('review.holdOfficer', { address });
  if (minutes === 0) return t('review.holdNone', { address });
  if (minutes % 60 === 0) return t('review.holdHours', { address, count: minutes / 60 });
  return t('review.holdMinutes', { address, count: minutes });
}

/** @param {Schemas['ApplicationPage']} application @param {Rules} rules */
async function submit({ couponNumber, version, addressChange }, rules) {
  clearProblem();
  const values = checkedValues(form, rules);
  if (!values) return;
  try {
    const password = addressChange && { applicationPassword: values.applicationPassword ?? '' };
    const submission = { couponNumber, version, language: language(), ...password };
    const { receiptNumber } = await submitApplication(submission, idempotencyKey(couponNumber, version));
    forgetData();
    await goTo(receiptPage(receiptNumber));
  } catch (failure) {
    if (failure instanceof NetworkFailure) {
      showProblem({ heading: t('problem.unknownOutcomeTitle'), texts: [t('review.network')] });
    } else if (!showServerErrors(form, failure)) {
      handleFailure(failure, () => form.requestSubmit());
    }
  }
}

/**
 * Returns the same idempotency key for every attempt to submit this version of the application, even after a reload.
 * This key ensures that the server accepts the application only once.
 *
 * @param {string} couponNumber
 * @param {number} version
 */
function idempotencyKey(couponNumber, version) {
  const name = `submission.${couponNumber}.${version}`;
  const key = tabMemory.recall(name) ?? crypto.randomUUID();
  tabMemory.remember(name, key);
  return key;
}
