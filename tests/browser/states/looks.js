import { isPair } from '../browser.js';

/**
 * The ways in which a state is looked at.
 *
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Mode} Mode
 * @typedef {{ language: import('../../../web/js/rules.js').Language, widths: number[], mode?: Mode }} Look
 */

/** Each state is looked at in both languages and widths. @type {Look[]} */
const everyLook = [
  { language: 'ja', widths: [1280, 320] },
  { language: 'en', widths: [1280, 320] },
];

/** A state is also looked at in the modes that it names. @type {Record<Mode, Look>} */
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
 * Colours and text sizes are those of the components, so only the states of the style guide have pictures in these
 * modes, and no others in English, which the pages have. On paper and without scripts a page looks different as a whole.
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
 * The outline holds the text that a page gives a reader. Colours, text size and width do not change that.
 *
 * @param {Look} look
 * @param {number} width
 */
export function isOutlined({ mode, widths }, width) {
  return width === widths[0] && (mode === undefined || mode === 'print' || mode === 'no-script');
}

/**
 * axe needs scripts, and has no rules for paper.
 *
 * @param {Look} look
 * @param {number} width
 */
export function isForAxe({ language, mode }, width) {
  if (mode === undefined) return isPair(language, width);
  return mode !== 'no-script' && mode !== 'print';
}
