/** The pages around the wizard. */

/** @type {import('./state.js').State[]} */
export default ['help', 'install', 'browsers', 'contact', 'terms', 'privacy', 'repository'].map((name) => ({
  name,
  address: `${name}.html`,
  sees: '.site-footer a',
  ...(name === 'contact' && { modes: ['no-script'] }),
}));
