/** Creates the two files that the subscriber can save. Each file contains the key and the certificates. */
import { element } from '../elements.js';
import { t } from '../i18n.js';
import { compatible, modern, pkcs12 } from '../pki/pkcs12.js';

/**
 * @typedef {import('../pki/der.js').Octets} Octets
 * @typedef {{ modern: string, compatible: string, name: string }} Files blob URLs, and the name without a suffix
 */

/**
 * @param {Octets} privateKey PrivateKeyInfo in DER
 * @param {Octets[]} certificates the certificate of the key first
 * @param {string} commonName
 * @param {string} couponNumber
 * @param {string} password
 * @returns {Promise<Files>}
 */
export async function makeFiles(privateKey, certificates, commonName, couponNumber, password) {
  const contents = { privateKey, certificates, name: commonName, password };
  const made = { modern: await pkcs12(contents, modern), compatible: await pkcs12(contents, compatible) };
  return { modern: addressOf(made.modern), compatible: addressOf(made.compatible), name: `certificate-${couponNumber}` };
}

/** @param {Files} files */
export function dropFiles(files) {
  URL.revokeObjectURL(files.modern);
  URL.revokeObjectURL(files.compatible);
}

/**
 * @param {Files} files
 * @param {() => void} saved
 */
export function filesView(files, saved) {
  return element(
    'ul',
    { class: 'cards' },
    fileCard(files.modern, `${files.name}.p12`, t('pickUp.modern'), t('pickUp.modernFor'), 'solid', saved),
    fileCard(files.compatible, `${files.name}-compatible.p12`, t('pickUp.compatible'), t('pickUp.compatibleFor'), 'outline', saved),
  );
}

/**
 * @param {string} href
 * @param {string} download
 * @param {string} label
 * @param {string} use
 * @param {'solid' | 'outline'} look
 * @param {() => void} saved
 */
function fileCard(href, download, label, use, look, saved) {
  return element(
    'li',
    { class: 'card' },
    element('p', {}, use),
    element('p', {}, element('a', { class: `button button-${look}`, href, download, click: saved }, label)),
    element('p', { class: 'hint' }, download),
  );
}

/** @param {Octets} file */
function addressOf(file) {
  return URL.createObjectURL(new Blob([file], { type: 'application/x-pkcs12' }));
}
