/**
 * A state of a page, the actions that lead to this state, and an element that is visible once the page is in this
 * state.
 *
 * @typedef {import('../browser.js').Page} Page
 * @typedef {'dark' | 'forced-colors' | 'text-200' | 'print' | 'no-script'} Mode
 * @typedef {{ name: string, address: string, sees: string, answers?: import('./answers.js').Plans,
 *   prepare?: (page: Page) => Promise<unknown>, reach?: (page: Page) => Promise<void>, modes?: Mode[],
 *   pictured?: 'page' | 'components' | 'pointer', part?: string, tall?: boolean }} State
 *   sees selects an element that becomes visible in the state. modes lists additional modes in which the state is
 *   tested. pictured determines whether pictures show the page, its components in their modes, or the effects of
 *   pointer and focus. part selects the part that the pictures show, if they do not show the whole page. tall is true
 *   if the page with large text is taller than WebP allows (16383 pixels).
 */

/**
 * Returns the states of one page.
 *
 * @param {string} address
 * @param {Omit<State, 'address'>[]} states
 * @returns {State[]}
 */
export function statesOf(address, states) {
  return states.map((state) => ({ address, ...state }));
}

/** Selects the message about an error. */
export const PROBLEM = '#problem [role=alert]';

/** @param {string} selector @returns {(page: Page) => Promise<void>} */
export function press(selector) {
  return (page) => page.locator(selector).click();
}
