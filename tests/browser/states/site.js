/** The pages around the wizard. */
import { press, PROBLEM } from './state.js';

const names = ['help', 'install', 'contact', 'terms', 'privacy', 'policies', 'style-guide'];

/** @type {Record<string, import('./state.js').Mode[]>} */
const modes = { contact: ['no-script'], 'style-guide': ['dark', 'forced-colors'] };

/** @type {import('./state.js').State[]} */
export default [
  ...names.map((name) => ({
    name,
    address: `${name}.html`,
    sees: '.site-footer a',
    whole: true,
    ...(modes[name] && { modes: modes[name] }),
  })),
  { name: 'style-guide-errors', address: 'style-guide.html', reach: press('#check'), sees: PROBLEM },
  { name: 'style-guide-dialog', address: 'style-guide.html', reach: press('#open-dialog'), sees: 'dialog' },
  { name: 'browsers', address: 'browsers.html', sees: '#outcome p:visible', whole: true },
  { name: 'repository-unreadable', address: 'repository.html', sees: '#crl-facts .hint', whole: true },
];
