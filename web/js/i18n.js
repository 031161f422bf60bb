/**
 * The language of the page and its text. A page begins in Japanese and changes the language without a reload. The
 * catalogue consists of parts. A page's module imports the parts that the page needs besides the common part.
 *
 * @typedef {import('./rules.js').Language} Language
 * @typedef {keyof typeof japanese | keyof typeof import('./catalogue/ja/wizard.js').default |
 *   keyof typeof import('./catalogue/ja/receipt.js').default |
 *   keyof typeof import('./catalogue/ja/session.js').default |
 *   keyof typeof import('./catalogue/ja/site.js').default |
 *   keyof typeof import('./catalogue/ja/email-hint.js').default |
 *   keyof typeof import('./catalogue/ja/stop.js').default |
 *   keyof typeof import('./catalogue/ja/pick-up.js').default} Key
 * @typedef {Record<string, string | number>} Parameters
 */
import english from './catalogue/en/common.js';
import japanese from './catalogue/ja/common.js';
import deployment from './deployment.js';
import { siteMemory } from './storage.js';

/** @type {Record<Language, Record<string, string>>} */
const catalogues = { ja: { ...japanese }, en: { ...english } };

/** The languages of the pages. */
export const languages = /** @type {Language[]} */ (Object.keys(catalogues));

/** @type {Language} */
let current = chosenLanguage();

/** @type {(() => void)[]} */
const listeners = [];

/** @param {Record<Language, Record<string, string>>} part of the catalogue */
export function addTexts(part) {
  for (const each of languages) Object.assign(catalogues[each], part[each]);
}

/** @returns {Language} */
export function language() {
  return current;
}

/** Returns the name of the service, in the language of the page. */
export function serviceName() {
  return deployment.service[current];
}

/** Returns the language that follows the language of the page. */
export function otherLanguage() {
  return languages[(languages.indexOf(current) + 1) % languages.length] ?? current;
}

/**
 * @param {Key} key
 * @param {Parameters} [parameters]
 */
export function t(key, parameters = {}) {
  return (catalogues[current][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}

/**
 * Writes the text of each element that has a data-i18n attribute.
 *
 * @param {ParentNode} root
 */
export function translate(root) {
  document.documentElement.lang = current;
  for (const node of root.querySelectorAll('[data-i18n]')) {
    node.textContent = t(/** @type {Key} */ (node.getAttribute('data-i18n')));
  }
}

/** @param {() => void} listener */
export function onLanguageChange(listener) {
  listeners.push(listener);
}

/** @param {Language} next */
export function switchLanguage(next) {
  current = next;
  siteMemory.remember('language', next);
  const address = new URL(location.href);
  if (address.searchParams.has('lang')) {
    address.searchParams.set('lang', next);
    history.replaceState(history.state, '', address);
  }
  for (const listener of listeners) listener();
}

/** @returns {Language} */
function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (isLanguage(asked)) {
    siteMemory.remember('language', asked);
    return asked;
  }
  const remembered = siteMemory.recall('language');
  return isLanguage(remembered) ? remembered : 'ja';
}

/**
 * @param {string | null} value
 * @returns {value is Language}
 */
function isLanguage(value) {
  return languages.some((each) => each === value);
}
