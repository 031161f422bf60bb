/**
 * Shows messages at the top of the page and announces the status to screen readers. Sets the page title, which
 * indicates errors.
 */
import { byId, element } from './elements.js';
import { serviceName, t } from './i18n.js';

/**
 * @typedef {{ text: string, act: () => void }} Action
 * @typedef {{ text: string, href: string }} Link
 */

/** Returns the empty message containers, which shell.js inserts below the heading. */
export function messagePlaces() {
  return [
    element('div', { id: 'notices' }),
    element('div', { id: 'problem' }),
    element('p', { id: 'status', class: 'visually-hidden', role: 'status' }),
  ];
}

let title = '';

/** @param {string} text */
export function setTitle(text) {
  title = text;
  document.title = titleOf(hasProblem());
}

/**
 * Shows a message that is not an error.
 *
 * @param {{ heading?: string, text: string, kind?: 'information' | 'success' | 'warning', actions?: Action[] }} notice
 */
export function showNotice({ heading, text, kind = 'information', actions = [] }) {
  byId('notices', HTMLElement).replaceChildren(
    element(
      'section',
      { class: `notice notice-${kind}`, role: 'status' },
      ...(heading ? [element('h2', {}, heading)] : []),
      element('p', {}, text),
      ...actionButtons(actions),
    ),
  );
}

export function clearNotice() {
  byId('notices', HTMLElement).replaceChildren();
}

/**
 * Shows an error and its remedy, and moves the focus to the error.
 *
 * @param {{ heading: string, texts?: string[], fields?: { field: string, message: string }[], links?: Link[],
 *   actions?: Action[] }} problem
 */
export function showProblem({ heading, texts = [], fields = [], links = [], actions = [] }) {
  const summary = element(
    'section',
    { class: 'notice notice-error', role: 'alert', tabindex: '-1', 'aria-labelledby': 'problem-heading' },
    element('h2', { id: 'problem-heading' }, heading),
    ...texts.map((text) => element('p', {}, text)),
    ...(fields.length ? [element('ul', {}, ...fields.map(fieldLink))] : []),
    ...links.map(({ text, href }) => element('p', {}, element('a', { href }, text))),
    ...actionButtons(actions),
  );
  byId('problem', HTMLElement).replaceChildren(summary);
  document.title = titleOf(true);
  summary.focus();
}

export function clearProblem() {
  byId('problem', HTMLElement).replaceChildren();
  document.title = titleOf(false);
}

/** @param {string} text */
export function say(text) {
  byId('status', HTMLElement).textContent = text;
}

/** Moves the focus to a field and scrolls its label into view. @param {string} field */
export function goToField(field) {
  const input = document.getElementById(`field-${field}`);
  input?.closest('[data-field]')?.scrollIntoView({ block: 'center' });
  input?.focus({ preventScroll: true });
}

/** @param {{ field: string, message: string }} error */
function fieldLink({ field, message }) {
  const link = element('a', { href: `#field-${field}` }, message);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    goToField(field);
  });
  return element('li', {}, link);
}

/** @param {Action[]} actions */
function actionButtons(actions) {
  if (actions.length === 0) return [];
  const buttons = actions.map(({ text, act }) =>
    element('button', { type: 'button', class: 'button button-outline', click: act }, text),
  );
  return [element('div', { class: 'buttons' }, ...buttons)];
}

function hasProblem() {
  return byId('problem', HTMLElement).hasChildNodes();
}

/** @param {boolean} problem */
function titleOf(problem) {
  const page = `${title} | ${serviceName()}`;
  return problem ? t('site.errorTitle', { title: page }) : page;
}
