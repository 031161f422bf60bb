/** The states of step 6 and of the address correction. */
import { applicationPassword, endedReceipt, heldReceipt, receipt, receiptAfter, receiptAtFirst, receiptNumber } from '../fixtures.js';
import { ok, refused, unavailable } from './answers.js';
import { press, PROBLEM, statesOf } from './state.js';

/** @typedef {import('../fixtures.js').Schemas} Schemas */

const shown = `GET /api/receipts/${receiptNumber}`;
const resend = `POST /api/receipts/${receiptNumber}/resend`;
const TIMELINE = '.timeline';
const TROUBLE = '#mail-trouble';

const tooSoon = receipt({ resend: { possible: false, reason: 'tooSoon', notBefore: '2026-11-23T00:25:00Z', remaining: 4 } });
const limitReached = receipt({ resend: { possible: false, reason: 'limitReached', notBefore: null, remaining: 0 } });
const bounces = /** @type {const} */ (['temporaryFailure', 'mailboxFull', 'refused', 'suppressed', 'undeliverable']);

const pickedUp = receipt({
  state: 'pickedUp',
  timeline: [...receiptAfter({}, 'codeDelivered').timeline, { event: 'pickedUp', at: '2026-11-23T00:20:00Z' }],
  resend: { possible: false, reason: 'pickedUp', notBefore: null, remaining: 5 },
  correction: { possible: false, reason: 'pickedUp', remaining: 3, identityCheckUntil: null },
  pickUp: { until: '2026-12-23T00:10:00Z', pickedUpAt: '2026-11-23T00:20:00Z', couponNumber: '984940948' },
});

const expired = receipt({
  state: 'expired',
  timeline: [...receipt().timeline, { event: 'expired', at: '2026-12-23T00:10:00Z' }],
  resend: { possible: false, reason: 'expired', notBefore: null, remaining: 5 },
  correction: { possible: false, reason: 'expired', remaining: 3, identityCheckUntil: null },
});

/** The receipt after the last possible correction. */
const corrected = receipt({
  timeline: [...receipt().timeline, { event: 'addressCorrected', at: '2026-11-23T00:14:00Z' }],
  correction: { possible: false, reason: 'limitReached', remaining: 0, identityCheckUntil: null },
});

const checkedAgain = receipt({
  correction: { possible: true, reason: null, remaining: 2, identityCheckUntil: '2026-11-23T00:28:00Z' },
});

const correction = `PUT /api/receipts/${receiptNumber}/email`;

/** @param {import('./state.js').Page} page */
async function correct(page) {
  await page.locator('#field-emailAddress').fill('taro.veri@example.co.jp');
  await page.locator('#field-applicationPassword').fill(applicationPassword);
  await page.locator('#correct').click();
}

const correctionStates = statesOf(`correct-address.html?number=${receiptNumber}`, [
  { name: '6-correction-check-first', answers: { [shown]: ok(receipt()) }, sees: '#content .button-solid' },
  { name: '6-correction', answers: { [shown]: ok(checkedAgain) }, sees: '#correction', modes: ['dark', 'text-200'], pictured: 'page', part: 'main' },
  { name: '6-correction-empty', answers: { [shown]: ok(checkedAgain) }, reach: press('#correct'), sees: PROBLEM },
  {
    name: '6-correction-email-hint',
    answers: { [shown]: ok(checkedAgain) },
    reach: (page) => page.locator('#field-emailAddress').fill('taro@docmo.ne.jp'),
    sees: '#email-hint button',
    modes: ['dark', 'text-200'],
  },
  {
    name: '6-correction-running',
    answers: { [shown]: ok(checkedAgain), [correction]: 'no answer' },
    reach: correct,
    sees: '.spinner',
  },
  {
    name: '6-correction-no-connection',
    answers: { [shown]: ok(checkedAgain), [correction]: 'no connection' },
    reach: correct,
    sees: PROBLEM,
  },
  {
    name: '6-correction-changed',
    answers: { [shown]: ok(checkedAgain), [correction]: refused(409, 'application-changed') },
    reach: correct,
    sees: '#notices .notice',
  },
  { name: '6-correction-not-possible', answers: { [shown]: ok(corrected) }, sees: '#content .notice' },
]);

export default [
  ...statesOf(`receipt.html?number=${receiptNumber}`, [
    { name: '6-receipt-at-first', answers: { [shown]: ok(receiptAtFirst('submission')) }, sees: TIMELINE },
    { name: '6-receipt-at-first-pickup', answers: { [shown]: ok(receiptAtFirst('pickup')) }, sees: TIMELINE },
    { name: '6-receipt', answers: { [shown]: ok(receipt()) }, sees: TIMELINE, modes: ['dark', 'forced-colors', 'text-200', 'print'], pictured: 'page' },
    {
      name: '6-receipt-delivered',
      answers: { [shown]: ok(receiptAfter({ state: 'delivered' }, 'codeDelivered')) },
      sees: TIMELINE,
    },
    {
      name: '6-receipt-delayed',
      answers: { [shown]: ok(receiptAfter({ state: 'delayed' }, 'codeDelayed')) },
      sees: TROUBLE,
    },
    ...bounces.map((bounce) => ({
      name: `6-receipt-bounced-${bounce}`,
      answers: { [shown]: ok(receiptAfter({ state: 'bounced', bounce }, 'codeBounced')) },
      sees: TROUBLE,
    })),
    {
      name: '6-receipt-complained',
      answers: { [shown]: ok(receiptAfter({ state: 'complained' }, 'codeComplained')) },
      sees: TROUBLE,
    },
    {
      name: '6-receipt-resending',
      answers: { [shown]: ok(receipt()), [resend]: 'no answer' },
      reach: press('#resend'),
      sees: '.spinner',
    },
    {
      name: '6-receipt-resent',
      answers: { [shown]: ok(receipt()), [resend]: ok(tooSoon, 202) },
      reach: press('#resend'),
      sees: '#notices .notice-success',
    },
    {
      name: '6-receipt-resend-refused',
      answers: {
        [shown]: ok(receipt()),
        [resend]: refused(409, 'resend-not-possible', () => ({ reason: 'tooSoon', retryAt: '2026-11-23T00:25:00Z' })),
      },
      reach: press('#resend'),
      sees: PROBLEM,
    },
    { name: '6-receipt-too-soon', answers: { [shown]: ok(tooSoon) }, sees: TIMELINE },
    { name: '6-receipt-limit-reached', answers: { [shown]: ok(limitReached) }, sees: TIMELINE },
    { name: '6-receipt-picked-up', answers: { [shown]: ok(pickedUp) }, sees: TIMELINE, modes: ['print'] },
    { name: '6-receipt-expired', answers: { [shown]: ok(expired) }, sees: TIMELINE },
    { name: '6-receipt-held', answers: { [shown]: ok(heldReceipt('2026-11-23T00:55:00Z')) }, sees: TIMELINE },
    { name: '6-receipt-held-for-officer', answers: { [shown]: ok(heldReceipt(null)) }, sees: TIMELINE },
    { name: '6-receipt-stopped', answers: { [shown]: ok(endedReceipt('stopped')) }, sees: '#ending', pictured: 'page', part: 'main' },
    { name: '6-receipt-rejected', answers: { [shown]: ok(endedReceipt('rejected')) }, sees: '#ending' },
    { name: '6-receipt-not-found', answers: { [shown]: refused(404, 'not-found') }, sees: PROBLEM },
    { name: '6-receipt-server-failure', answers: { [shown]: unavailable }, sees: PROBLEM },
  ]),
  {
    name: '6-receipt-already-submitted',
    address: `receipt.html?number=${receiptNumber}&from=already-submitted`,
    answers: { [shown]: ok(receipt()) },
    sees: '#notices .notice',
  },
  {
    name: '6-receipt-address-corrected',
    address: `receipt.html?number=${receiptNumber}&from=address-corrected`,
    answers: { [shown]: ok(corrected) },
    sees: '#notices .notice',
  },
  ...correctionStates,
];
