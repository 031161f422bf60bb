/**
 * A state of a page: how to get there, and what shows that one is there.
 *
 * @typedef {import('../browser.js').Page} Page
 * @typedef {'dark' | 'forced-colors' | 'text-200' | 'print' | 'no-script'} Mode
 * @typedef {{ name: string, address: string, sees: string, answers?: import('./answers.js').Plans,
 *   prepare?: (page: Page) => Promise<unknown>, reach?: (page: Page) => Promise<void>, modes?: Mode[],
 *   pictured?: 'page' | 'components' | 'pointer', part?: string, tall?: boolean }} State
 *   sees is what becomes visible in that state; modes are those in which it is looked at, too; pictured says that there
 *   are pictures of the page, or of its components in their modes, or of what pointer and focus change; part is what the
 *   pictures show, if not all; tall: with large text, WebP has no room for the page (it ends at 16383 pixels)
 */

/**
 * The states of one page.
 *
 * @param {string} address
 * @param {Omit<State, 'address'>[]} states
 * @returns {State[]}
 */
export function statesOf(address, states) {
  return states.map((state) => ({ address, ...state }));
}

/** The message that something is wrong. */
export const PROBLEM = '#problem [role=alert]';

/** @param {string} selector @returns {(page: Page) => Promise<void>} */
export function press(selector) {
  return (page) => page.locator(selector).click();
}
