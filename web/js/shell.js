/**
 * Draws the elements that all pages share: header, steps, heading, messages and footer. Redraws these elements when the
 * language changes.
 */
import { byId, element } from './elements.js';
import { handleFailure } from './failures.js';
import { onLanguageChange, otherLanguage, serviceName, switchLanguage, t, translate } from './i18n.js';
import { clearNotice, clearProblem, messagePlaces, setTitle, showNotice } from './messages.js';
import { logOut, rememberSession, removeContentsOnLeaving } from './session.js';
import { forgetNewSession, steps } from './steps.js';

/**
 * @typedef {import('./i18n.js').Key} Key
 * @typedef {import('./steps.js').Step} Step
 */

/** Values of the query parameter `from`, which states the reason for a redirect. */
const reasons = new Set([
  'session-missing',
  'session-ended',
  'session-replaced',
  'too-many-sessions',
  'wrong-passwords',
  'step-out-of-order',
  'already-submitted',
  'logged-out',
  'identity-check-required',
  'address-corrected',
]);

/** Called when a page has shown its content. */
let onLoaded = () => {};

/**
 * @param {{ title: Key, step?: Step, isPrivate?: boolean, watch?: () => void, draw?: () => void }} page isPrivate is
 *   true if the page contains a form for credentials or the data of a session; watch is watchSession of
 *   session-watch.js on pages with the data of a session; draw writes the page-specific texts, at the start and after
 *   each language change
 */
export function startPage({ title, step, isPrivate = step !== undefined, watch, draw = () => {} }) {
  const main = byId('main', HTMLElement);
  const heading = byId('page-title', HTMLElement);
  const header = element('header', { class: 'site-header' });
  const footer = element('footer', { class: 'site-footer' });
  const stepList = element('nav', { class: 'steps' });
  const skip = element('a', { class: 'skip-link', href: '#main' });
  document.body.prepend(skip, header);
  main.after(footer);
  if (step) heading.before(stepList);
  heading.after(...messagePlaces());

  const drawAll = () => {
    skip.textContent = t('site.skip');
    drawHeader(header, watch !== undefined);
    drawFooter(footer);
    if (step) drawSteps(stepList, step);
    drawHeading(heading, t(title), step);
    translate(document);
    draw();
  };
  onLanguageChange(() => {
    clearNotice();
    clearProblem();
    drawAll();
    loadAgain?.();
  });
  rememberSession();
  if (watch) onLoaded = watch;
  if (isPrivate) removeContentsOnLeaving();
  drawAll();
  showReason();
}

/** Repeats the failed load, if the last load failed. @type {(() => void) | null} */
let loadAgain = null;

/**
 * Fetches and shows the content of a page. If the request fails, shows an error message and a retry button.
 *
 * @template T
 * @param {() => Promise<T>} fetchIt
 * @param {(answer: T) => void} show
 */
export async function loadPage(fetchIt, show) {
  const waiting = element('p', { class: 'loading' }, t('site.loading'));
  byId('main', HTMLElement).append(waiting);
  try {
    const answer = await fetchIt();
    loadAgain = null;
    forgetNewSession();
    clearProblem();
    show(answer);
    onLoaded();
  } catch (failure) {
    loadAgain = () => loadPage(fetchIt, show);
    handleFailure(failure, loadAgain);
  } finally {
    waiting.remove();
  }
}

/**
 * @param {HTMLElement} header
 * @param {boolean} hasSession true if the page shows the data of a session
 */
function drawHeader(header, hasSession) {
  const other = otherLanguage();
  const address = new URL(location.href);
  address.searchParams.set('lang', other);
  const languageLink = element(
    'a',
    { class: 'header-link', href: address.href, lang: other, hreflang: other },
    t('site.otherLanguage'),
  );
  languageLink.addEventListener('click', (event) => {
    event.preventDefault();
    switchLanguage(other);
    /** @type {HTMLElement | null} */ (header.querySelector('a[hreflang]'))?.focus();
  });
  const logOutButton = element('button', { type: 'button', class: 'header-link', click: logOut }, t('site.logout'));
  header.replaceChildren(
    element('a', { class: 'site-name', href: 'index.html' }, serviceName()),
    element('div', { class: 'header-links' }, languageLink, ...(hasSession ? [logOutButton] : [])),
  );
}

/** @param {HTMLElement} footer */
function drawFooter(footer) {
  /** @type {[string, Key][][]} */
  const groups = [
    [
      ['pick-up.html', 'footer.pick-up'],
      ['install.html', 'footer.install'],
      ['help.html', 'footer.help'],
      ['browsers.html', 'footer.browsers'],
    ],
    [
      ['contact.html', 'footer.contact'],
      ['terms.html', 'footer.terms'],
      ['privacy.html', 'footer.privacy'],
      ['repository.html', 'footer.repository'],
    ],
  ];
  const lists = groups.map((links) =>
    element('ul', {}, ...links.map(([href, key]) => element('li', {}, element('a', { href }, t(key))))),
  );
  footer.replaceChildren(element('nav', { 'aria-label': t('footer.label') }, ...lists), element('p', {}, serviceName()));
}

/**
 * @param {HTMLElement} nav
 * @param {Step} current
 */
export function drawSteps(nav, current) {
  const place = steps.indexOf(current);
  const items = steps.map((step, index) => {
    const done = index < place;
    return element(
      'li',
      { class: done ? 'step step-done' : 'step', ...(index === place && { 'aria-current': 'step' }) },
      element('span', { class: 'step-number' }, String(index + 1)),
      element(
        'span',
        { class: 'step-name' },
        t(`steps.${step}`),
        ...(done ? [element('span', { class: 'visually-hidden' }, t('steps.done'))] : []),
      ),
    );
  });
  nav.setAttribute('aria-label', t('steps.label'));
  nav.replaceChildren(element('ol', {}, ...items));
}

/**
 * @param {HTMLElement} heading
 * @param {string} title
 * @param {Step | undefined} step
 */
function drawHeading(heading, title, step) {
  const place = step ? t('steps.heading', { step: steps.indexOf(step) + 1 }) : '';
  setTitle(place + title);
  heading.replaceChildren(...(place ? [element('span', { class: 'heading-step' }, place)] : []), title);
}

function showReason() {
  const from = new URLSearchParams(location.search).get('from') ?? '';
  if (reasons.has(from)) showNotice({ text: t(/** @type {Key} */ (`from.${from}`)) });
}
