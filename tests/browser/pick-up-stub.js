/**
 * The site with a small API of its own behind it, which issues certificates by openssl: the pick-up page in every
 * state, without a running stack.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { checkSymbolFits, codeSymbols, inGroups } from '../../web/js/certificate-code.js';
import { fromPem } from '../../web/js/pki/pem.js';
import { sha256Fingerprint } from '../../web/js/pki/certificate.js';
import { openssl } from './pki.js';
import { rules, web } from './site.js';

/**
 * @typedef {import('../../web/js/api.js').Schemas} Schemas
 * @typedef {{ status: number, body: object, headers?: Record<string, string> }} Answer
 * @typedef {{ issue: (request: string) => string, certificate: string }} Authority
 */

export const applicationPassword = 'sakura-2024-melon';
export const certificateCode = exampleCode();
export const receiptNumber = '7QX2-9M4K-TB5C';

const SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** @type {Record<string, string>} */
const MEDIA_TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };

const subject = {
  commonName: 'Veri Taro',
  organizationName: 'Sample Trading K.K.',
  organizationIdentifier: 'NTRJP-9000000000000',
  countryName: 'JP',
  emailAddress: 'taro@example.co.jp',
};

/** @param {Authority} authority */
export async function startStub(authority) {
  const state = fresh();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stub');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks).toString();
    if (pathname.startsWith('/api/')) {
      const { status, body, headers } = await answer(pathname, sent === '' ? null : JSON.parse(sent), state, authority);
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'Content-Type': type, ...headers }).end(JSON.stringify(body));
      return;
    }
    try {
      const file = await readFile(new URL(`.${pathname}`, web));
      const type = `${MEDIA_TYPES[extname(pathname)]}; charset=utf-8`;
      response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': SECURITY_POLICY }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    baseURL: `http://127.0.0.1:${address.port}`,
    state,
    /** Nothing is picked up, nothing refused. */
    reset: () => Object.assign(state, fresh()),
    stop: () => server.close(),
  };
}

function fresh() {
  return {
    /** @type {{ request: string, certificate: Schemas['IssuedCertificate'] } | null} */
    issued: null,
    revokedByPickUp: false,
    /** Refuses the next requests for a certificate. @type {Answer[]} */
    refusals: [],
    /** @type {Partial<Schemas['Receipt']>} */
    receipt: {},
    resent: 0,
  };
}

/**
 * @param {string} path
 * @param {any} body
 * @param {ReturnType<typeof fresh>} state
 * @param {Authority} authority
 * @returns {Promise<Answer>}
 */
async function answer(path, body, state, authority) {
  switch (path) {
    case '/api/pickup':
      return opens(body) ? { status: 200, body: offer(state) } : checkFailed;
    case '/api/pickup/certificate':
      if (!opens(body)) return checkFailed;
      return state.refusals.shift() ?? (await issue(body.certificationRequest, state, authority));
    case `/api/receipts/${receiptNumber}`:
      return { status: 200, body: { ...receipt(), ...state.receipt } };
    case `/api/receipts/${receiptNumber}/resend`:
      state.resent += 1;
      state.receipt.resend = { possible: false, reason: 'tooSoon', notBefore: '2026-11-23T00:25:00Z', remaining: 4 };
      return { status: 202, body: { ...receipt(), ...state.receipt } };
    default:
      return problem(404, 'not-found', 'そのページはありません', 'アドレスを確かめてください。');
  }
}

/** @param {any} body */
function opens(body) {
  return codeSymbols(certificateCode, rules.certificateCode) === body.certificateCode && body.applicationPassword === applicationPassword;
}

/** @param {ReturnType<typeof fresh>} state @returns {Schemas['PickUp']} */
function offer({ issued, revokedByPickUp }) {
  return {
    receiptNumber,
    couponNumber: '984940948',
    subject,
    notAfter: '2027-12-27T00:00:00Z',
    codeExpiresAt: '2026-11-24T00:20:00Z',
    replaces: {
      serialNumber: '0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9',
      notAfter: '2027-12-27T00:00:00Z',
      revokedAt: revokedByPickUp ? null : '2026-11-23T00:10:00Z',
      revokedByPickUp,
    },
    certificate: issued ? issued.certificate : null,
  };
}

/**
 * @param {string} request
 * @param {ReturnType<typeof fresh>} state
 * @param {Authority} authority
 * @returns {Promise<Answer>}
 */
async function issue(request, state, authority) {
  if (state.issued && state.issued.request !== request) {
    return problem(409, 'already-picked-up', 'この電子証明書は取得済みです', '別の鍵で取得されています。');
  }
  state.issued ??= { request, certificate: await issuedCertificate(request, authority) };
  return { status: 201, body: state.issued.certificate };
}

/**
 * @param {string} request
 * @param {Authority} authority
 * @returns {Promise<Schemas['IssuedCertificate']>}
 */
async function issuedCertificate(request, authority) {
  const certificate = authority.issue(request);
  const [der = new Uint8Array(0)] = fromPem('CERTIFICATE', certificate);
  return {
    couponNumber: '984940948',
    serialNumber: openssl(['x509', '-noout', '-serial'], certificate).trim().replace('serial=', '').toLowerCase().replace(/..(?=.)/g, '$&:'),
    notBefore: '2026-11-23T00:20:00Z',
    notAfter: '2027-12-27T00:00:00Z',
    sha256: (await sha256Fingerprint(der)).replaceAll(':', ''),
    subject,
    certificate,
    chain: authority.certificate,
    pkcs7: '',
  };
}

/** @returns {Schemas['Receipt']} */
export function receipt() {
  return {
    receiptNumber,
    acceptedAt: '2026-11-23T00:10:00Z',
    couponNumber: '984940947',
    commonName: 'Veri Taro',
    serialNumber: '0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9',
    revocation: { timing: 'submission', revokedAt: '2026-11-23T00:10:00Z', latestAt: null },
    mail: {
      maskedAddress: 't***@example.co.jp',
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
  };
}

/**
 * @param {number} status
 * @param {string} type
 * @param {string} title
 * @param {string} detail
 * @param {object} [more]
 * @returns {Answer}
 */
export function problem(status, type, title, detail, more) {
  return { status, body: { type: `/problems/${type}`, title, status, detail, ...more } };
}

const checkFailed = problem(401, 'pick-up-check-failed', '取得できませんでした', '証明書コードと申請パスワードを確かめてください。');

/** A code with the check symbol that fits, in groups. */
function exampleCode() {
  const code = rules.certificateCode;
  const symbols = codeSymbols('7K3M-9QX2-TB50-VWHN-8C1D-RZ4P-J6E0', code) ?? '';
  const fitting = [...code.alphabet].map((last) => symbols.slice(0, -1) + last).find((each) => checkSymbolFits(each, code));
  return inGroups(fitting ?? '', code);
}
