/**
 * Extends the session while the subscriber is active, and shows a warning two minutes before the session ends. At the
 * end, removes the data of the page and states why the session ended.
 *
 * @typedef {import('./session.js').SessionTimes} SessionTimes
 */
import { Problem, extendSession } from './api.js';
import './catalogue/session.js';
import { timeText } from './dates.js';
import { element } from './elements.js';
import { reasonOfEnd } from './failures.js';
import { t } from './i18n.js';
import { say } from './messages.js';
import { discardData, logOut, recalled, removeContents } from './session.js';
import { pageOf } from './steps.js';

const MINUTE = 60_000;
const WARNING_BEFORE = 2 * MINUTE;
const EXTEND_AFTER = 2 * MINUTE;
const BETWEEN_ATTEMPTS = MINUTE;

/** The start of the session whose data the page shows, or null before the first response. @type {number | null} */
let watchedSession = null;

/**
 * Starts watching the session. Must be called after a response, because older stored times would cause a warning.
 */
export function watchSession() {
  const times = recalled();
  if (watchedSession !== null || !times) return;
  watchedSession = times.startedAt;
  setInterval(check, 1000);
  for (const activity of ['keydown', 'pointerdown', 'input']) {
    document.addEventListener(activity, extendQuietly, { capture: true, passive: true });
  }
  extendQuietly();
}

/** @type {HTMLDialogElement | null} */
let dialog = null;
/** @type {'warning' | 'last' | 'ended' | null} */
let shown = null;
let closedFor = 0;
let attemptedAt = 0;

function check() {
  const times = recalled();
  if (times && times.startedAt !== watchedSession) {
    // Another tab has started a new session. The page may show the data of another subscriber.
    removeContents();
    location.reload();
    return;
  }
  const state = times ? stateOf(times) : 'ended';
  if (state === shown) return;
  shown = state;
  if (state === 'ended') {
    discardData();
    removeContents();
  }
  dialog?.remove();
  dialog = null;
  if (state === null) return;
  dialog = state === 'ended' ? endedDialog(times) : warningDialog(state, /** @type {SessionTimes} */ (times));
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {SessionTimes} times */
function stateOf({ expiresAt, endsAt }) {
  const left = expiresAt - Date.now();
  if (left <= 0) return 'ended';
  if (left > WARNING_BEFORE || closedFor === expiresAt) return null;
  return expiresAt < endsAt ? 'warning' : 'last';
}

/**
 * @param {'warning' | 'last'} state
 * @param {SessionTimes} times
 */
function warningDialog(state, { expiresAt }) {
  const last = state === 'last';
  const text = t(last ? 'session.lastWarning' : 'session.warning', { time: timeText(expiresAt) });
  const failed = element('p', { class: 'error-text', role: 'alert' });
  const goOn = () => {
    if (last) {
      closedFor = expiresAt;
      check();
    } else {
      extendOnRequest(failed);
    }
  };
  const button = element(
    'button',
    { type: 'button', class: 'button button-solid', click: goOn },
    t(last ? 'session.close' : 'session.extend'),
  );
  const logOutButton = element('button', { type: 'button', class: 'button button-outline', click: logOut }, t('site.logout'));
  const warning = sessionDialog(t('session.warningHeading'), text, failed, element('div', { class: 'buttons' }, button, logOutButton));
  warning.addEventListener('cancel', (event) => {
    event.preventDefault();
    goOn();
  });
  return warning;
}

/** @param {SessionTimes | null} times null after a sign-out */
function endedDialog(times) {
  const from = times ? reasonOfEnd(times.endReason) : 'logged-out';
  const again = element(
    'a',
    { class: 'button button-solid', href: pageOf('identify', { from }) },
    t('session.identifyAgain'),
  );
  const [heading, text] = textsOfEnd(from);
  const ended = sessionDialog(heading, text, element('div', { class: 'buttons' }, again));
  ended.addEventListener('cancel', (event) => event.preventDefault());
  return ended;
}

/**
 * Returns the heading and the text for a reason.
 *
 * @param {ReturnType<typeof reasonOfEnd>} from
 * @returns {[heading: string, text: string]}
 */
function textsOfEnd(from) {
  switch (from) {
    case 'session-ended':
      return [t('session.endedHeading'), t('session.ended')];
    case 'logged-out':
      return [t('session.loggedOutHeading'), t('session.loggedOut')];
    default:
      return [t('session.endedEarlyHeading'), t(`from.${from}`)];
  }
}

/**
 * @param {string} heading
 * @param {string} text
 * @param {...Node} rest
 */
function sessionDialog(heading, text, ...rest) {
  return element(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'session-heading', 'aria-describedby': 'session-text' },
    element('h2', { id: 'session-heading' }, heading),
    element('p', { id: 'session-text' }, text),
    ...rest,
  );
}

/** @param {HTMLElement} failed receives the error message */
async function extendOnRequest(failed) {
  failed.textContent = '';
  try {
    await extendSession();
    check();
    say(t('session.extended'));
  } catch (failure) {
    if (endedBy(failure)) return;
    const isRefused = failure instanceof Problem && failure.status === 429;
    failed.textContent = (isRefused && failure.details?.title) || t('session.extendFailed');
  }
}

/**
 * Extends the session while the subscriber uses the page. The server counts only requests that change state as
 * activity.
 */
async function extendQuietly() {
  const times = recalled();
  const now = Date.now();
  if (!times || dialog || times.expiresAt >= times.endsAt || times.expiresAt <= now) return;
  if (now - times.extendedAt < EXTEND_AFTER || now - attemptedAt < BETWEEN_ATTEMPTS) return;
  attemptedAt = now;
  try {
    await extendSession();
  } catch (failure) {
    // After a temporary failure, the next activity retries the request, and the session warning still appears in time.
    endedBy(failure);
  }
}

/** @param {unknown} failure */
function endedBy(failure) {
  const ended = failure instanceof Problem && failure.status === 401;
  if (ended) check();
  return ended;
}
