/**
 * Shows the issued certificate, its files, the values to compare, links to the installation help, and the button that
 * deletes the key.
 */
import { element } from '../elements.js';
import { t } from '../i18n.js';
import { filesView } from './files.js';
import { certificateFacts } from './summary.js';

/**
 * @typedef {import('../api.js').Schemas} Schemas
 * @typedef {import('./files.js').Files} Files
 */

/** The anchor in install.html and the name of each program. The names are the same in both languages. */
const INSTALL_HELP = /** @type {const} */ ([
  ['windows', 'Windows'],
  ['macos', 'macOS'],
  ['ios', 'iPhone / iPad'],
  ['android', 'Android'],
  ['thunderbird', 'Thunderbird'],
  ['outlook', 'Outlook'],
]);

/**
 * @param {{ certificate: Schemas['IssuedCertificate'], fingerprint: string, files: Files | null }} issued
 * @param {{ saved: () => void, finish: () => void }} on
 */
export function issuedView({ certificate, fingerprint, files }, on) {
  return [
    ...(files ? saving(files, on.saved) : [done()]),
    element('h2', {}, t('pickUp.compareHeading')),
    element('p', {}, t('pickUp.compare')),
    certificateFacts(certificate, fingerprint),
    element('h2', {}, t('pickUp.installHeading')),
    element('p', {}, t('pickUp.install')),
    element('ul', {}, ...INSTALL_HELP.map(([anchor, name]) => element('li', {}, installLink(anchor, name)))),
    ...(files ? finishing(on.finish) : []),
  ];
}

/**
 * @param {Files} files
 * @param {() => void} saved
 */
function saving(files, saved) {
  return [
    element('p', {}, t('pickUp.save')),
    filesView(files, saved),
    element('p', {}, t('pickUp.saveKeep')),
  ];
}

/** @param {() => void} finish */
function finishing(finish) {
  const button = element('button', { id: 'finish', type: 'button', class: 'button button-solid', click: finish }, t('pickUp.finish'));
  return [
    element('h2', {}, t('pickUp.finishHeading')),
    element('p', {}, t('pickUp.finishWhy')),
    element('div', { class: 'buttons' }, button),
  ];
}

function done() {
  return element(
    'section',
    { class: 'notice notice-success' },
    element('h2', {}, t('pickUp.doneHeading')),
    element('p', {}, t('pickUp.done')),
  );
}

/** @param {string} anchor @param {string} name */
function installLink(anchor, name) {
  return element('a', { href: `install.html#${anchor}`, target: '_blank', rel: 'noopener' }, name, t('site.newTab'));
}
