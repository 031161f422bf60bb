/**
 * Stores the end of the session for all tabs, and extends the session while the subscriber is active. Shows a warning
 * two minutes before the session ends. At the end, removes personal data from the page and from the browser's storage
 * (docs/decisions/0018-shared-computers.md).
 *
 * @typedef {{ startedAt: number, expiresAt: number, endsAt: number, extendedAt: number }} SessionTimes by the clock of
 *   this device
 */
import { Problem, endSession, extendSession, onSession, onSessionEnd } from './api.js';
import { timeText } from './dates.js';
import { DRAFTS, forgetDrafts, lockDrafts } from './draft.js';
import { byId, element } from './elements.js';
import { handleFailure } from './failures.js';
import { t } from './i18n.js';
import { clearNotice, clearProblem, say } from './messages.js';
import { pageOf } from './steps.js';
import { siteMemory, tabMemory } from './storage.js';

const MINUTE = 60_000;
const WARNING_BEFORE = 2 * MINUTE;
const EXTEND_AFTER = 2 * MINUTE;
const BETWEEN_ATTEMPTS = MINUTE;

/** The period after a session ends in which an identity check restores the drafts. */
const DRAFTS_KEPT = 60 * MINUTE;

/** The encrypted drafts, and the input of an unfinished step 1. */
const KEPT_IN_TAB = [DRAFTS, 'emailAddress'];

/** Stores the session times of each response. shell.js calls this function once, before any request. */
export function rememberSession() {
  discardData();
  setInterval(discardData, MINUTE);
  onSessionEnd(() => {
    const times = recalled();
    if (times) remember({ ...times, expiresAt: Math.min(times.expiresAt, Date.now()) });
    discardData();
  });
  onSession(({ expiresAt, endsAt }, { started, extended, clockOffset }) => {
    // The drafts of the previous session may have expired since the last call.
    if (started) discardData();
    remember({
      startedAt: started ? Date.now() : (recalled()?.startedAt ?? 0),
      expiresAt: Date.parse(expiresAt) - clockOffset,
      endsAt: Date.parse(endsAt) - clockOffset,
      extendedAt: extended ? Date.now() : (recalled()?.extendedAt ?? 0),
    });
  });
}

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

/** Deletes the stored data before the request, because the request can fail. */
export async function logOut() {
  forgetData();
  try {
    await endSession();
  } catch (failure) {
    handleFailure(failure, logOut);
    return;
  }
  siteMemory.forget('session');
  location.assign(pageOf('identify', { from: 'logged-out' }));
}

/** Deletes all stored values of the tab, and makes the drafts of other tabs unreadable. */
export function forgetData() {
  forgetDrafts();
  tabMemory.forgetAll();
}

/** After the end of a session, deletes all its data except encrypted drafts. Later, deletes the drafts as well. */
function discardData() {
  const times = recalled();
  if (times && Date.now() < times.expiresAt) return;
  lockDrafts();
  if (!times || Date.now() >= times.expiresAt + DRAFTS_KEPT) forgetDrafts();
  tabMemory.forgetAll(KEPT_IN_TAB);
}

/** Keeps personal data out of the back/forward cache and out of the form data that browsers restore. */
export function removeContentsOnLeaving() {
  addEventListener('pagehide', removeContents);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

const WITHOUT_DATA = '#page-title, .steps, #notices, #problem, #status';

function removeContents() {
  const forms = [...document.forms];
  for (const part of [...byId('main', HTMLElement).children]) if (!part.matches(WITHOUT_DATA)) part.remove();
  // The removal triggers focusout, so the forms cannot be reset earlier.
  for (const form of forms) form.reset();
  clearNotice();
  clearProblem();
  say('');
}

/** @returns {SessionTimes | null} */
function recalled() {
  const text = siteMemory.recall('session');
  return text === null ? null : JSON.parse(text);
}

/** @param {SessionTimes} times */
function remember(times) {
  siteMemory.remember('session', JSON.stringify(times));
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
  dialog = state === 'ended' ? endedDialog() : warningDialog(state, /** @type {SessionTimes} */ (times));
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

function endedDialog() {
  const again = element(
    'a',
    { class: 'button button-solid', href: pageOf('identify', { from: 'session-ended' }) },
    t('session.identifyAgain'),
  );
  const ended = sessionDialog(t('session.endedHeading'), t('session.ended'), element('div', { class: 'buttons' }, again));
  ended.addEventListener('cancel', (event) => event.preventDefault());
  return ended;
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
    if (!endedBy(failure)) failed.textContent = t('session.extendFailed');
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
