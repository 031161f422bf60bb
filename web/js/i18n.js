/**
 * The language of the page: Japanese first, switched in place.
 *
 * @typedef {import('./rules.js').Language} Language
 * @typedef {keyof typeof japanese} Key
 * @typedef {Record<string, string | number>} Parameters
 */
import english from './catalogue/en.js';
import japanese from './catalogue/ja.js';
import { siteMemory } from './storage.js';

const catalogues = { ja: japanese, en: english };

/** @type {Language} */
let current = chosenLanguage();

/** @type {(() => void)[]} */
const listeners = [];

/** @returns {Language} */
export function language() {
  return current;
}

/** @returns {Language} */
export function otherLanguage() {
  return current === 'ja' ? 'en' : 'ja';
}

/**
 * @param {Key} key
 * @param {Parameters} [parameters]
 */
export function t(key, parameters = {}) {
  return catalogues[current][key].replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}

/**
 * Writes the texts that the HTML asks for with data-i18n.
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
  return value === 'ja' || value === 'en';
}
