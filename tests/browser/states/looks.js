import { isPair } from '../browser.js';
import { languages } from '../site.js';

/**
 * The looks (such as languages, widths and colour modes) in which a state is tested.
 *
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Mode} Mode
 * @typedef {{ language: import('../../../web/js/rules.js').Language, widths: number[], mode?: Mode }} Look
 */

/** Each state is tested in both languages and widths. @type {Look[]} */
const everyLook = languages.map((language) => ({ language, widths: [1280, 320] }));

/** A state is also tested in the modes that it names. @type {Record<Mode, Look>} */
const lookOfMode = {
  dark: { language: 'ja', widths: [1280], mode: 'dark' },
  'forced-colors': { language: 'ja', widths: [1280], mode: 'forced-colors' },
  'text-200': { language: 'en', widths: [1280, 320], mode: 'text-200' },
  print: { language: 'ja', widths: [1280], mode: 'print' },
  'no-script': { language: 'ja', widths: [320], mode: 'no-script' },
};

/** @param {State} state */
export function looksAt({ modes = [] }) {
  return [...everyLook, ...modes.map((mode) => lookOfMode[mode])];
}

/** @param {Look} look @param {number} width */
export function folderOf({ language, mode }, width) {
  return [language, width, ...(mode ? [mode] : [])].join('-');
}

/**
 * Returns whether the tests take a picture of a state in a look. Colour and text-size modes affect only components, so
 * only the states of the style guide have pictures in these modes. Pictures of whole pages also cover English. A page
 * looks completely different when it is printed or when scripts are disabled.
 *
 * @param {State} state
 * @param {Look} look
 * @param {number} width
 */
export function isPictured({ pictured, tall }, { language, mode }, width) {
  if (pictured === 'pointer') return language === 'ja' && width === 1280;
  if (pictured === 'components') return mode === 'text-200' ? width === 320 && !tall : language === 'ja';
  return pictured === 'page' && (mode === undefined || mode === 'print' || mode === 'no-script');
}

/**
 * Returns whether the tests compare the outline in a look. Colours, text size and width do not change the text of a
 * page.
 *
 * @param {Look} look
 * @param {number} width
 */
export function isOutlined({ mode, widths }, width) {
  return width === widths[0] && (mode === undefined || mode === 'print' || mode === 'no-script');
}

/**
 * Returns whether axe checks a look. axe needs scripts, and has no rules for printed pages.
 *
 * @param {Look} look
 * @param {number} width
 */
export function isForAxe({ language, mode }, width) {
  if (mode === undefined) return isPair(language, width);
  return mode !== 'no-script' && mode !== 'print';
}
