/**
 * Fixed API responses for tests without a running stack. The test answers.page.test.js validates these responses
 * against the contract.
 */
import { X509Certificate } from 'node:crypto';

import { checkSymbolFits, codeSymbols, inGroups } from '../../web/js/certificate-code.js';
import { rules } from './site.js';

/** @typedef {import('../../web/js/api.js').Schemas} Schemas */

/** The current time in all states, which is 9:20 a.m. in Japan. */
export const NOW = '2026-11-23T00:20:00Z';

export const applicationPassword = 'sakura-2024-melon';
export const certificateCode = exampleCode();
export const stopCode = certificateCode;
export const receiptNumber = '7QX2-9M4K-TB5C';

/** @type {Schemas['SessionEnds']} */
const session = { expiresAt: '2026-11-23T00:35:00Z', endsAt: '2026-11-23T01:20:00Z' };

const serialNumber = '0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9';

/** The latest possible revocation time if the pick-up revokes the old certificate. */
const latestRevocation = '2026-12-07T00:20:00Z';

/**
 * @param {Schemas['Step']} nextStep
 * @param {Partial<Schemas['SessionEnds']>} [ends]
 * @returns {Schemas['SessionStarted']}
 */
export function sessionStarted(nextStep, ends) {
  return { nextStep, session: { ...session, ...ends } };
}

/**
 * @param {Partial<Schemas['CertificateSummary']>} [other]
 * @returns {Schemas['CertificateSummary']}
 */
export function summary(other) {
  return {
    couponNumber: '984940947',
    notBefore: '2025-11-24T00:00:00Z',
    notAfter: '2027-12-27T00:00:00Z',
    subscriberName: '見本　太郎',
    organizationName: '株式会社サンプル商事',
    companyCode: '123456789',
    ...other,
  };
}

/**
 * @param {Partial<Schemas['CertificateList']>} [other]
 * @returns {Schemas['CertificateList']}
 */
export function certificateList(other) {
  return {
    certificates: [summary()],
    notReissuable: [],
    receipts: [],
    minimumDaysLeft: 30,
    nextStep: 'choose',
    session,
    ...other,
  };
}

export const secondCertificate = summary({ couponNumber: '984940951', notAfter: '2028-03-31T00:00:00Z' });

/** One certificate for each reason that prevents a reissue. @type {Schemas['NotReissuable'][]} */
export const notReissuable = [
  { reason: 'revoked', certificate: summary({ couponNumber: '984940911' }) },
  { reason: 'expired', certificate: summary({ couponNumber: '984940912', notAfter: '2026-10-01T00:00:00Z' }) },
  { reason: 'notYetValid', certificate: summary({ couponNumber: '984940913', notBefore: '2026-12-01T00:00:00Z' }) },
  { reason: 'validityTooShort', certificate: summary({ couponNumber: '984940914', notAfter: '2026-12-10T00:00:00Z' }) },
  { reason: 'reissueInProgress', certificate: summary({ couponNumber: '984940915' }) },
];

/** @type {Schemas['ReceiptReference'][]} */
export const receiptReferences = [
  { receiptNumber, acceptedAt: '2026-11-23T00:10:00Z', couponNumber: '984940915' },
  { receiptNumber: '3KD8-W0PQ-1H7Z', acceptedAt: '2024-05-02T03:04:00Z', couponNumber: '984940911' },
];

/** @type {Record<'submission' | 'pickup', Schemas['RevocationRule']>} */
const revocationRules = {
  submission: { timing: 'submission', latestAt: null },
  pickup: { timing: 'pickup', latestAt: latestRevocation },
};

/**
 * @param {'submission' | 'pickup'} timing
 * @returns {Schemas['CertificatePage']}
 */
export function certificatePage(timing) {
  return {
    certificate: summary(),
    commonName: 'Mihon Taro',
    emailAddress: 'taro@example.co.jp',
    serialNumber,
    revocation: revocationRules[timing],
    nextStep: 'check',
    session,
  };
}

/**
 * @param {'submission' | 'pickup'} timing
 * @param {Partial<Schemas['EditableFields']>} [fields]
 * @returns {Schemas['ApplicationPage']}
 */
export function applicationPage(timing, fields) {
  return {
    couponNumber: '984940947',
    version: 1,
    certificate: summary(),
    revocation: revocationRules[timing],
    fixed: {
      companyCode: '123456789',
      organizationNameJa: '株式会社サンプル商事',
      organizationNameEn: 'Sample Trading K.K.',
      subscriberNameJa: '見本　太郎',
      subscriberNameEn: 'Mihon Taro',
    },
    fields: {
      titleJa: '本部長',
      departmentJa: '経理部',
      titleDepartmentRomaji: 'Director, Accounting Dept.',
      emailAddress: 'taro@example.co.jp',
      postalCode: '1040028',
      prefecture: '東京都',
      city: '中央区',
      street: '八重洲2-8-1',
      building: null,
      phone: '0350001111',
      ...fields,
    },
    addressChange: null,
    nextStep: 'enter',
    session,
  };
}

/**
 * Returns the receipt ten minutes after the acceptance. The old certificate is revoked and listed on a CRL, and the
 * email has been sent.
 *
 * @param {Partial<Schemas['Receipt']>} [other]
 * @returns {Schemas['Receipt']}
 */
export function receipt(other) {
  return {
    receiptNumber,
    version: 3,
    acceptedAt: '2026-11-23T00:10:00Z',
    couponNumber: '984940947',
    commonName: 'Mihon Taro',
    serialNumber,
    revocation: { timing: 'submission', revokedAt: '2026-11-23T00:10:00Z', latestAt: null },
    state: 'waiting',
    mail: {
      maskedAddress: 't***@example.co.jp',
      heldUntil: null,
      expectedBy: '2026-11-23T01:10:00Z',
      sentAt: '2026-11-23T00:11:00Z',
      codeExpiresAt: '2026-11-24T00:11:00Z',
      state: 'sent',
      bounce: null,
    },
    timeline: [
      { event: 'accepted', at: '2026-11-23T00:10:00Z' },
      { event: 'revoked', at: '2026-11-23T00:10:00Z' },
      { event: 'codeSent', at: '2026-11-23T00:11:00Z', maskedAddress: 't***@example.co.jp' },
      { event: 'listed', at: '2026-11-23T00:12:00Z', crl: 'shard-3', crlNumber: 12 },
    ],
    resend: { possible: true, reason: null, notBefore: null, remaining: 5 },
    correction: { possible: true, reason: null, remaining: 3, identityCheckUntil: null },
    pickUp: { until: '2026-12-23T00:10:00Z', pickedUpAt: null, couponNumber: null },
    ...other,
  };
}

/**
 * Returns the receipt after one more email event.
 *
 * @param {Partial<Schemas['Receipt']['mail']>} mail
 * @param {Schemas['TimelineEvent']['event']} event
 */
export function receiptAfter(mail, event) {
  const { mail: sent, timeline } = receipt();
  return receipt({ mail: { ...sent, ...mail }, timeline: [...timeline, { event, at: '2026-11-23T00:13:00Z', maskedAddress: sent.maskedAddress }] });
}

/** Returns the receipt immediately after the submission. @param {'submission' | 'pickup'} timing */
export function receiptAtFirst(timing) {
  const { mail, timeline } = receipt();
  const done = timing === 'submission' ? ['accepted', 'revoked'] : ['accepted'];
  return receipt({
    mail: { ...mail, state: 'waiting', sentAt: null, codeExpiresAt: null },
    timeline: timeline.filter(({ event }) => done.includes(event)),
    ...(timing === 'pickup' && { revocation: { timing, revokedAt: null, latestAt: latestRevocation } }),
  });
}

/**
 * Returns the page of step 5 for an application that changes the email address.
 *
 * @param {number | null} holdMinutes
 * @returns {Schemas['ApplicationPage']}
 */
export function changedAddressPage(holdMinutes) {
  return { ...applicationPage('submission', { emailAddress: 'taro.veri@example.co.jp' }), addressChange: { holdMinutes } };
}

/** Returns the receipt while the code is held. @param {string | null} heldUntil */
export function heldReceipt(heldUntil) {
  const { mail } = receipt();
  return {
    ...receiptAtFirst('submission'),
    mail: { ...mail, heldUntil, expectedBy: heldUntil && '2026-11-23T01:10:00Z', sentAt: null, codeExpiresAt: null, state: /** @type {const} */ ('held') },
    resend: { possible: false, reason: /** @type {const} */ ('held'), notBefore: heldUntil, remaining: 5 },
  };
}

/**
 * Returns the receipt of an application that was stopped, and perhaps rejected.
 *
 * @param {'stopped' | 'rejected'} state
 * @returns {Schemas['Receipt']}
 */
export function endedReceipt(state) {
  const held = heldReceipt('2026-11-23T00:55:00Z');
  /** @type {Schemas['TimelineEvent'][]} */
  const events = [{ event: 'stopped', at: '2026-11-23T00:15:00Z' }, { event: 'rejected', at: '2026-11-23T00:18:00Z' }];
  return {
    ...held,
    state,
    mail: { ...held.mail, heldUntil: null, state: 'waiting' },
    timeline: [...held.timeline, ...events.slice(0, state === 'stopped' ? 1 : 2)],
    resend: { possible: false, reason: state, notBefore: null, remaining: 5 },
    correction: { possible: false, reason: state, remaining: 3, identityCheckUntil: null },
  };
}

/**
 * @param {Schemas['StoppableApplication']['state']} state
 * @returns {Schemas['StoppableApplication']}
 */
export function stoppable(state) {
  return {
    receiptNumber,
    couponNumber: '984940947',
    acceptedAt: '2026-11-23T00:10:00Z',
    maskedAddress: 't***@example.co.jp',
    state,
    since: state === 'waiting' ? null : '2026-11-23T00:15:00Z',
  };
}

/**
 * @param {Partial<Schemas['PickUp']>} [other]
 * @returns {Schemas['PickUp']}
 */
export function pickUp(other) {
  return {
    receiptNumber,
    couponNumber: '984940948',
    subject: {
      commonName: 'Mihon Taro',
      organizationName: 'Sample Trading K.K.',
      organizationIdentifier: 'NTRJP-9000000000000',
      countryName: 'JP',
      emailAddress: 'taro@example.co.jp',
    },
    notAfter: '2027-12-27T00:00:00Z',
    codeExpiresAt: '2026-11-24T00:20:00Z',
    replaces: {
      serialNumber,
      notAfter: '2027-12-27T00:00:00Z',
      revokedAt: '2026-11-23T00:10:00Z',
      revokedByPickUp: false,
    },
    certificate: null,
    ...other,
  };
}

/** A certificate issued with openssl, whose private key was then deleted. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBejCCAR8CEHofPF6bLU9gcYKTpLXG1+gwCgYIKoZIzj0EAwIwQzELMAkGA1UE
BhMCSlAxFzAVBgNVBAoMDlNhbXBsZSBDQSBLLksuMRswGQYDVQQDDBJTYW1wbGUg
UGVyc29uYWwgQ0EwHhcNMjYxMTIzMDc0MDQxWhcNMjcxMjI3MDc0MDQxWjA/MQsw
CQYDVQQGEwJKUDEcMBoGA1UECgwTU2FtcGxlIFRyYWRpbmcgSy5LLjESMBAGA1UE
AwwJVmVyaSBUYXJvMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfTTmiYOMB6ok
MAd0VcwkiDHhqobF84/dwM+XJXtyDwK30HH/bIwSn7hhTa08Sso/JGr16a8JuMkM
8b09co+/HTAKBggqhkjOPQQDAgNJADBGAiEAkUIuTXwT/jKeCY5b5scSW7ktcyz7
UOUCsxbUimdsj50CIQDlNIal/LodVrnAa3+irg2mCJbtiiPs/hgfA8RCtJiDeA==
-----END CERTIFICATE-----
`;

/** The public key of the certificate, as SubjectPublicKeyInfo in base64. */
export const CERTIFIED_KEY =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfTTmiYOMB6okMAd0VcwkiDHhqobF84/dwM+XJXtyDwK30HH/bIwSn7hhTa08Sso/JGr16a8JuMkM8b09co+/HQ==';

/** @returns {Schemas['IssuedCertificate']} */
export function issuedCertificate() {
  const { couponNumber, subject, notAfter } = pickUp();
  return {
    couponNumber,
    serialNumber: '7a:1f:3c:5e:9b:2d:4f:60:71:82:93:a4:b5:c6:d7:e8',
    notBefore: NOW,
    notAfter,
    sha256: new X509Certificate(CERTIFICATE).fingerprint256.replaceAll(':', '').toLowerCase(),
    subject,
    certificate: CERTIFICATE,
    chain: CERTIFICATE,
    pkcs7: '',
  };
}

/** Returns a certificate code in groups, with the correct check symbol. */
function exampleCode() {
  const code = rules.certificateCode;
  const symbols = codeSymbols('7K3M-9QX2-TB50-VWHN-8C1D-RZ4P-J6E0', code) ?? '';
  const fitting = [...code.alphabet].map((last) => symbols.slice(0, -1) + last).find((each) => checkSymbolFits(each, code));
  return inGroups(fitting ?? '', code);
}
