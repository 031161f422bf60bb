/**
 * Calls the API (infra/openapi.yaml) and loads the field rules (rules.json).
 *
 * @typedef {import('../../infra/openapi.js').components['schemas']} Schemas
 */
import { language } from './i18n.js';

/** An error response. `details` contains the RFC 9457 problem details, or null if the response is from a proxy. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Schemas['Problem'] | null} details
   * @param {number | null} retryAfter seconds
   */
  constructor(status, details, retryAfter) {
    super(details?.title ?? `status ${status}`);
    this.status = status;
    this.details = details;
    this.retryAfter = retryAfter;
    this.type = details?.type.replace(/^\/problems\//, '') ?? '';
  }
}

/** Thrown if no valid response arrives from the API. The server may still have processed the request. */
export class NetworkFailure extends Error {}

/** @param {Schemas['Credentials']} credentials @returns {Promise<Schemas['SessionStarted']>} */
export const authenticate = (credentials) => request('POST', 'session', { body: credentials });

/** @returns {Promise<Schemas['SessionStarted']>} */
export const extendSession = () => request('PUT', 'session');

/** @returns {Promise<null>} */
export const endSession = () => request('DELETE', 'session');

/** @returns {Promise<Schemas['CertificateList']>} */
export const listCertificates = () => request('GET', 'certificates');

/** @param {string} couponNumber @returns {Promise<Schemas['CertificatePage']>} */
export const showCertificate = (couponNumber) => request('GET', `certificates/${encodeURIComponent(couponNumber)}`);

/** @param {string} couponNumber @param {Schemas['Selection']} selection @returns {Promise<Schemas['SessionStarted']>} */
export const selectCertificate = (couponNumber, selection) =>
  request('POST', `certificates/${encodeURIComponent(couponNumber)}/selection`, { body: selection });

/** @returns {Promise<Schemas['ApplicationPage']>} */
export const showApplication = () => request('GET', 'application');

/** @param {Schemas['ApplicationInput']} input @returns {Promise<Schemas['ApplicationSaved']>} */
export const saveApplication = (input) => request('PUT', 'application', { body: input });

/** @returns {Promise<Schemas['ApplicationPage']>} */
export const reviewApplication = () => request('GET', 'application/review');

/** @param {Schemas['Submission']} submission @param {string} key @returns {Promise<Schemas['Receipt']>} */
export const submitApplication = (submission, key) =>
  request('POST', 'application/submission', { body: submission, headers: { 'Idempotency-Key': key } });

/** @param {string} receiptNumber @returns {Promise<Schemas['Receipt']>} */
export const showReceipt = (receiptNumber) => request('GET', `receipts/${encodeURIComponent(receiptNumber)}`);

/** @param {string} receiptNumber @returns {Promise<Schemas['Receipt']>} */
export const resendCode = (receiptNumber) => request('POST', `receipts/${encodeURIComponent(receiptNumber)}/resend`);

/** @param {string} receiptNumber @param {Schemas['AddressCorrection']} correction @returns {Promise<Schemas['Receipt']>} */
export const correctAddress = (receiptNumber, correction) =>
  request('PUT', `receipts/${encodeURIComponent(receiptNumber)}/email`, { body: correction });

/** @param {Schemas['StopRequest']} code @returns {Promise<Schemas['StoppableApplication']>} */
export const checkStopCode = (code) => request('POST', 'stop', { body: code });

/** @param {Schemas['StopRequest']} code @returns {Promise<Schemas['StoppableApplication']>} */
export const stopApplication = (code) => request('POST', 'stop/confirmation', { body: code });

/** @param {Schemas['PickUpCredentials']} credentials @returns {Promise<Schemas['PickUp']>} */
export const checkPickUp = (credentials) => request('POST', 'pickup', { body: credentials });

/** @param {Schemas['CertificateIssuance']} sent @returns {Promise<Schemas['IssuedCertificate']>} */
export const pickUpCertificate = (sent) => request('POST', 'pickup/certificate', { body: sent });

/** @returns {Promise<import('./rules.js').Rules>} */
export async function loadRules() {
  const { response, text } = await exchange('rules.json', { signal: AbortSignal.timeout(LONGEST_WAIT) });
  const rules = response.ok ? parsed(text) : null;
  if (rules === null) throw new NetworkFailure('no rules');
  return rules;
}

/**
 * @callback SessionListener
 * @param {Schemas['SessionEnds']} ends
 * @param {{ started: boolean, extended: boolean, clockOffset: number }} context started is true if the request was an
 *   identity check; extended is true if the request extended the session; clockOffset is the number of milliseconds by
 *   which the server's clock is ahead of this device's clock
 */

/** @type {SessionListener[]} */
const sessionListeners = [];

/** @type {((reason: string | undefined) => void)[]} */
const sessionEndListeners = [];

/** @param {SessionListener} listener */
export function onSession(listener) {
  sessionListeners.push(listener);
}

/**
 * Calls the listener after each response that reports a missing or ended session, with the reason if the response states
 * it.
 *
 * @param {(reason: string | undefined) => void} listener
 */
export function onSessionEnd(listener) {
  sessionEndListeners.push(listener);
}

let serverAhead = 0;

/** Returns the server's current time (RFC 3339). Before the first response, returns this device's time. */
export function serverTime() {
  return new Date(Date.now() + serverAhead).toISOString();
}

const LONGEST_WAIT = 30_000;

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: object, headers?: Record<string, string> }} [content]
 * @returns {Promise<any>}
 */
async function request(method, path, { body, headers } = {}) {
  const { response, text } = await exchange(`/api/${path}`, {
    method,
    headers: {
      Accept: 'application/json, application/problem+json',
      'Accept-Language': language(),
      // The API requires JSON for every change, even without a body, because forms on other sites cannot send it.
      ...(method !== 'GET' && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
    cache: 'no-store',
    signal: AbortSignal.timeout(LONGEST_WAIT),
  });
  serverAhead = clockOffset(response);
  const answer = parsed(text);
  if (!response.ok) {
    const problem = new Problem(response.status, isProblem(answer) ? answer : null, retryAfter(response));
    if (problem.type === 'session-missing' || problem.type === 'session-ended') {
      for (const listener of sessionEndListeners) listener(problem.details?.reason);
    }
    throw problem;
  }
  if (response.status === 204) return null;
  if (answer === null) throw new NetworkFailure('the answer is not JSON');
  if (answer.session) {
    const started = method === 'POST' && path === 'session';
    const context = { started, extended: method !== 'GET', clockOffset: serverAhead };
    for (const listener of sessionListeners) listener(answer.session, context);
  }
  return answer;
}

/**
 * @param {string} address
 * @param {RequestInit} init
 */
async function exchange(address, init) {
  try {
    const response = await fetch(address, init);
    return { response, text: await response.text() };
  } catch (cause) {
    throw new NetworkFailure('no answer', { cause });
  }
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {any} answer @returns {answer is Schemas['Problem']} */
function isProblem(answer) {
  return typeof answer?.type === 'string' && typeof answer.title === 'string' && typeof answer.detail === 'string';
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = Number(response.headers.get('Retry-After'));
  return seconds > 0 ? seconds : null;
}

/** @param {Response} response */
function clockOffset(response) {
  const date = Date.parse(response.headers.get('Date') ?? '');
  return Number.isNaN(date) ? 0 : date - Date.now();
}
