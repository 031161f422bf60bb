/**
 * Serves the site with a small API that issues certificates with openssl. This server makes it possible to test the
 * pick-up page without a running stack.
 */
import assert from 'node:assert/strict';

import { codeSymbols } from '../../web/js/certificate-code.js';
import { fromPem } from '../../web/js/pki/pem.js';
import { sha256Fingerprint } from '../../web/js/pki/certificate.js';
import { faultsOf } from './contract.js';
import { applicationPassword, certificateCode, pickUp, receipt, receiptNumber } from './fixtures.js';
import { openssl } from './pki.js';
import { rules } from './site.js';
import { serveSite } from './static-site.js';

/**
 * @typedef {import('../../web/js/api.js').Schemas} Schemas
 * @typedef {import('./static-site.js').Answer} Answer
 * @typedef {{ issue: (request: string) => string, certificate: string }} Authority
 */

/** @param {Authority} authority */
export async function startStub(authority) {
  const state = fresh();
  const { baseURL, stop } = await serveSite(async (method, path, body) => {
    const given = await answer(path, body, state, authority);
    assert.deepEqual(faultsOf(method, path, given), []);
    return given;
  });
  return {
    baseURL,
    state,
    /** Restores the initial state, in which no certificate has been picked up and no request is refused. */
    reset: () => Object.assign(state, fresh()),
    stop,
  };
}

function fresh() {
  return {
    /** @type {{ request: string, certificate: Schemas['IssuedCertificate'] } | null} */
    issued: null,
    revokedByPickUp: false,
    /** The responses that refuse the next pick-up requests. @type {Answer[]} */
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
      return opens(body) ? { status: 200, body: pickUpOf(state) } : checkFailed;
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

/** @param {ReturnType<typeof fresh>} state */
function pickUpOf({ issued, revokedByPickUp }) {
  const { replaces, ...rest } = pickUp();
  const replaced = revokedByPickUp ? { ...replaces, revokedAt: null, revokedByPickUp } : replaces;
  return { ...rest, replaces: replaced, certificate: issued ? issued.certificate : null };
}

/**
 * @param {string} request
 * @param {ReturnType<typeof fresh>} state
 * @param {Authority} authority
 * @returns {Promise<Answer>}
 */
async function issue(request, state, authority) {
  if (state.issued && state.issued.request !== request) {
    return problem(409, 'already-picked-up', 'この電子証明書は取得済みです', '別の鍵で取得されています。', { receiptNumber });
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
    subject: pickUp().subject,
    certificate,
    chain: authority.certificate,
    pkcs7: '',
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
