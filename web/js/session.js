/**
 * Stores the end of the session for all tabs, and removes personal data from the page and from the browser's storage
 * (docs/decisions/0018-shared-computers.md). session-watch.js warns before the end.
 *
 * @typedef {{ startedAt: number, expiresAt: number, endsAt: number, extendedAt: number, endReason?: string | undefined }}
 *   SessionTimes by the clock of this device, and the reason for the end that a response stated
 */
import { endSession, onSession, onSessionEnd } from './api.js';
import { DRAFTS, forgetDrafts, lockDrafts } from './draft.js';
import { byId } from './elements.js';
import { handleFailure } from './failures.js';
import { clearNotice, clearProblem, say } from './messages.js';
import { pageOf } from './steps.js';
import { siteMemory, tabMemory } from './storage.js';

const MINUTE = 60_000;

/** The period after a session ends in which an identity check restores the drafts. */
const DRAFTS_KEPT = 60 * MINUTE;

/** The encrypted drafts, and the input of an unfinished step 1. */
const KEPT_IN_TAB = [DRAFTS, 'emailAddress'];

/** Stores the session times of each response. shell.js calls this function once, before any request. */
export function rememberSession() {
  discardData();
  setInterval(discardData, MINUTE);
  onSessionEnd((endReason) => {
    const times = recalled();
    if (times) remember({ ...times, expiresAt: Math.min(times.expiresAt, Date.now()), endReason });
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
export function discardData() {
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

/** Removes the forms and the data from the page. */
export function removeContents() {
  const forms = [...document.forms];
  for (const part of [...byId('main', HTMLElement).children]) if (!part.matches(WITHOUT_DATA)) part.remove();
  // The removal triggers focusout, so the forms cannot be reset earlier.
  for (const form of forms) form.reset();
  clearNotice();
  clearProblem();
  say('');
}

/** Returns the stored times, or null after a sign-out. @returns {SessionTimes | null} */
export function recalled() {
  const text = siteMemory.recall('session');
  return text === null ? null : JSON.parse(text);
}

/** @param {SessionTimes} times */
function remember(times) {
  siteMemory.remember('session', JSON.stringify(times));
}
