/**
 * Stops an application with the stop code from the notice to the registered mailbox. The link in the notice contains the
 * code in its fragment, which browsers do not send to servers. The page works without a session.
 */
import { checkStopCode, loadRules, stopApplication } from '../api.js';
import '../catalogue/stop.js';
import { dateTimeText } from '../dates.js';
import { byId, descriptionList, element } from '../elements.js';
import { handleFailure } from '../failures.js';
import { checkedValues, fillForm, labelFields, normaliseOnLeaving, showServerErrors, whileRunning } from '../form.js';
import { t } from '../i18n.js';
import { clearProblem } from '../messages.js';
import { loadPage, startPage } from '../shell.js';

/**
 * @typedef {import('../api.js').Schemas['StoppableApplication']} Application
 * @typedef {import('../rules.js').Rules} Rules
 */

const introduction = byId('introduction', HTMLElement);
const codeForm = byId('code', HTMLFormElement);
const checkButton = byId('check', HTMLButtonElement);
const content = byId('content', HTMLElement);
const stopForm = byId('stop', HTMLFormElement);
const stopButton = byId('confirm', HTMLButtonElement);

/** @type {Rules | null} */
let rules = null;
/** The checked code and its application. @type {{ stopCode: string, application: Application } | null} */
let checked = null;

const linked = codeInLink();
startPage({ title: 'title.stop', isPrivate: true, draw });
loadPage(loadRules, (loaded) => {
  rules = loaded;
  normaliseOnLeaving(codeForm, loaded);
  codeForm.addEventListener('submit', (event) => {
    event.preventDefault();
    whileRunning(checkButton, t('stop.checking'), () => check(loaded));
  });
  stopForm.addEventListener('submit', (event) => {
    event.preventDefault();
    whileRunning(stopButton, t('stop.running'), stop);
  });
  draw();
  fillForm(codeForm, { stopCode: linked });
  introduction.hidden = false;
  codeForm.hidden = false;
  if (linked) codeForm.requestSubmit();
});

/** Takes the code from the address, so that it does not remain in the history of the browser. */
function codeInLink() {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

function draw() {
  if (rules) labelFields(codeForm, rules);
  if (checked) content.replaceChildren(...view(checked.application));
}

/** @param {Rules} loaded */
async function check(loaded) {
  const values = checkedValues(codeForm, loaded);
  if (!values) return;
  const stopCode = values.stopCode ?? '';
  try {
    show(stopCode, await checkStopCode({ stopCode }));
  } catch (failure) {
    if (!showServerErrors(codeForm, failure)) handleFailure(failure, () => codeForm.requestSubmit());
  }
}

async function stop() {
  if (!checked) return;
  try {
    show(checked.stopCode, await stopApplication({ stopCode: checked.stopCode }));
  } catch (failure) {
    handleFailure(failure, () => stopForm.requestSubmit());
  }
}

/** @param {string} stopCode @param {Application} application */
function show(stopCode, application) {
  checked = { stopCode, application };
  clearProblem();
  draw();
  introduction.hidden = true;
  codeForm.hidden = true;
  stopForm.hidden = application.state !== 'waiting';
  const heading = byId('state-heading', HTMLElement);
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: 'nearest' });
}

/** @param {Application} application */
function view(application) {
  const facts = descriptionList([
    [t('facts.receiptNumber'), element('span', { class: 'code' }, application.receiptNumber)],
    [t('stop.acceptedAt'), dateTimeText(application.acceptedAt)],
    [t('facts.couponNumber'), application.couponNumber],
    [t('stop.newAddress'), application.maskedAddress],
  ]);
  if (application.state === 'waiting') return [heading(t('stop.heading')), facts, effects()];
  return [outcome(application, application.state), facts];
}

/** @param {string} text */
function heading(text) {
  return element('h2', { id: 'state-heading', tabindex: '-1' }, text);
}

function effects() {
  return element(
    'section',
    { class: 'notice notice-warning' },
    element('h3', {}, t('stop.effectHeading')),
    element(
      'ul',
      {},
      element('li', {}, t('stop.effectPickUp')),
      element('li', {}, t('stop.effectOfficer')),
      element('li', {}, t('stop.effectOld')),
    ),
    element('p', {}, t('stop.own')),
  );
}

/** @param {Application} application @param {Exclude<Application['state'], 'waiting'>} state */
function outcome({ since }, state) {
  const kind = { stopped: 'success', pickedUp: 'error', expired: 'information', rejected: 'information' }[state];
  const contact = element('a', { href: 'contact.html' }, t('problem.toContact'));
  return element(
    'section',
    { class: `notice notice-${kind}` },
    heading(t(`stop.${state}Heading`)),
    element('p', {}, t(`stop.${state}`, { time: since ? dateTimeText(since) : '' })),
    ...(state === 'stopped' ? [element('p', {}, t('stop.stoppedNext'))] : []),
    ...(state === 'stopped' || state === 'pickedUp' ? [element('p', {}, contact)] : []),
  );
}
