/**
 * Shows which certificate will be issued, what happens to the replaced certificate, and where the key is generated.
 */
import { dateText, dateTimeText } from '../dates.js';
import { descriptionList, element, octetsView } from '../elements.js';
import { t } from '../i18n.js';
import { pageOf } from '../steps.js';

/** @typedef {import('../api.js').Schemas} Schemas */

/** @param {Schemas['PickUp']} pickUp @param {boolean} resumed true if this browser already has the key */
export function summaryView(pickUp, resumed) {
  return [
    ...(resumed ? [notice('information', t('pickUp.resumedHeading'), t('pickUp.resumed'))] : []),
    descriptionList([
      ...subjectPairs(pickUp.subject),
      [t('pickUp.notAfter'), dateText(pickUp.notAfter)],
      [t('facts.couponNumber'), pickUp.couponNumber],
      [t('facts.receiptNumber'), pickUp.receiptNumber],
      [t('facts.codeExpiresAt'), dateTimeText(pickUp.codeExpiresAt)],
    ]),
    replacedView(pickUp.replaces),
    notice('information', t('pickUp.keyHeading'), t('pickUp.key')),
  ];
}

/**
 * Returns a message that the certificate was issued for a key that this browser does not have.
 *
 * @param {Schemas['IssuedCertificate']} certificate
 * @param {string} fingerprint
 */
export function otherKeyView(certificate, fingerprint) {
  return [
    element(
      'section',
      { class: 'notice notice-warning' },
      element('h2', {}, t('pickUp.otherKeyHeading')),
      element('p', {}, t('pickUp.otherKey')),
      element(
        'ul',
        {},
        element('li', {}, t('pickUp.otherKeyFile')),
        element('li', {}, t('pickUp.otherKeyBrowser')),
        element('li', {}, t('pickUp.otherKeyLost'), ' ', element('a', { href: pageOf('identify') }, t('problem.toStart'))),
        element('li', {}, t('pickUp.otherKeyStranger'), ' ', element('a', { href: 'contact.html' }, t('problem.toContact'))),
      ),
    ),
    certificateFacts(certificate, fingerprint),
  ];
}

/**
 * Returns details of a certificate that the subscriber can compare with the details in other programs.
 *
 * @param {Schemas['IssuedCertificate']} certificate
 * @param {string} fingerprint
 */
export function certificateFacts(certificate, fingerprint) {
  return descriptionList([
    ...subjectPairs(certificate.subject),
    [t('facts.validity'), t('date.period', { from: dateText(certificate.notBefore), to: dateText(certificate.notAfter) })],
    [t('facts.serialNumber'), octetsView(certificate.serialNumber)],
    [t('pickUp.fingerprint'), octetsView(fingerprint)],
  ]);
}

/** @param {Schemas['CertificateSubject']} subject @returns {[string, Node | string][]} */
function subjectPairs({ commonName, organizationName, organizationIdentifier, countryName, emailAddress }) {
  return [
    [t('facts.commonName'), commonName],
    [t('pickUp.organization'), `${organizationName} (${organizationIdentifier}, ${countryName})`],
    [t('facts.emailAddress'), emailAddress],
  ];
}

/** @param {Schemas['PickUp']['replaces']} replaced */
function replacedView({ serialNumber, notAfter, revokedAt, revokedByPickUp }) {
  const old = { serial: serialNumber, date: dateText(notAfter) };
  if (revokedByPickUp) return notice('warning', t('pickUp.willRevokeHeading'), t('pickUp.willRevoke', old));
  const text = revokedAt
    ? t('pickUp.revoked', { serial: serialNumber, time: dateTimeText(revokedAt) })
    : t('pickUp.notRevoked', old);
  return notice('information', t('pickUp.replacedHeading'), text);
}

/**
 * @param {'information' | 'warning'} kind
 * @param {string} heading
 * @param {string} text
 */
function notice(kind, heading, text) {
  return element('section', { class: `notice notice-${kind}` }, element('h2', {}, heading), element('p', {}, text));
}
