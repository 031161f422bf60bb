/** The states of the pages outside the wizard. */
import { press, PROBLEM, statesOf } from './state.js';

const names = ['help', 'install', 'contact', 'terms', 'privacy', 'policies'];

/** @type {import('./state.js').Mode[]} */
const everyMode = ['dark', 'forced-colors', 'text-200'];

/**
 * Renders elements as if they were under a pointer or had focus.
 *
 * @param {string} selector
 * @param {string[]} pseudoClasses
 * @returns {(page: import('../browser.js').Page) => Promise<void>}
 */
function force(selector, pseudoClasses) {
  return async (page) => {
    await page.locator('#type p').first().waitFor();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('DOM.enable');
    await devtools.send('CSS.enable');
    const { root } = await devtools.send('DOM.getDocument');
    const { nodeIds } = await devtools.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector });
    for (const nodeId of nodeIds) await devtools.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses: pseudoClasses });
  };
}

/** @type {import('./state.js').State[]} */
export const components = statesOf('style-guide.html', [
  { name: 'style-guide', sees: '#address-offer button', modes: everyMode, pictured: 'components', tall: true },
  {
    name: 'style-guide-errors',
    // The summary belongs to the form that was submitted last.
    reach: async (page) => {
      await page.locator('#acknowledgement button').click();
      await page.locator('#check').click();
    },
    sees: PROBLEM,
    modes: everyMode,
    pictured: 'components',
    part: '#controls',
  },
  { name: 'style-guide-problem', reach: press('#notice-buttons button:last-child'), sees: PROBLEM },
  { name: 'style-guide-notice', reach: press('#notice-buttons button:first-child'), sees: '#notices .notice' },
  { name: 'style-guide-dialog', reach: press('#open-dialog'), sees: 'dialog', modes: everyMode, pictured: 'components' },
  {
    name: 'style-guide-hovered',
    reach: force('#controls :is(a, button, input, select, summary)', ['hover']),
    sees: '#address-offer button',
    modes: ['dark'],
    pictured: 'pointer',
    part: '#controls',
  },
  {
    name: 'style-guide-focused',
    reach: force('#controls :is(a, button, input, select, summary)', ['focus', 'focus-visible']),
    sees: '#address-offer button',
    modes: ['dark', 'forced-colors'],
    pictured: 'pointer',
    part: '#controls',
  },
  {
    name: 'style-guide-pressed',
    reach: force('#buttons :is(a, button)', ['active']),
    sees: '#address-offer button',
    modes: ['dark'],
    pictured: 'pointer',
    part: '#buttons',
  },
]);

/** @type {import('./state.js').State[]} */
export default [
  ...names.map((name) => ({
    name,
    address: `${name}.html`,
    sees: '.site-footer a',
    pictured: /** @type {const} */ ('page'),
    part: 'main',
    ...(name === 'contact' && { modes: [/** @type {const} */ ('no-script')] }),
  })),
  ...components,
  { name: 'browsers', address: 'browsers.html', sees: '#outcome p:visible', pictured: 'page', part: 'main' },
  { name: 'repository-unreadable', address: 'repository.html', sees: '#crl-facts .hint', pictured: 'page', part: 'main' },
];
