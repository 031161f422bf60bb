/** The states of the page that stops an application. */
import * as fixtures from '../fixtures.js';
import { ok, refused } from './answers.js';
import { press, PROBLEM, statesOf } from './state.js';

const checking = 'POST /api/stop';
const stopping = 'POST /api/stop/confirmation';
const STATE = '#state-heading';

const waiting = { [checking]: ok(fixtures.stoppable('waiting')) };

/** @param {import('./state.js').Page} page */
async function check(page) {
  await page.locator('#field-stopCode').fill(fixtures.stopCode);
  await page.locator('#check').click();
}

/** @param {import('./state.js').Page} page */
async function stop(page) {
  await check(page);
  await page.locator('#confirm').click();
}

export default statesOf('stop.html', [
  { name: 'stop', sees: '#code', pictured: 'page', part: 'main' },
  { name: 'stop-empty', reach: press('#check'), sees: PROBLEM },
  { name: 'stop-unknown', answers: { [checking]: refused(404, 'stop-code-unknown') }, reach: check, sees: PROBLEM },
  { name: 'stop-no-connection', answers: { [checking]: 'no connection' }, reach: check, sees: PROBLEM },
  { name: 'stop-checked', answers: waiting, reach: check, sees: '#confirm', modes: ['dark', 'forced-colors', 'text-200'], pictured: 'page', part: 'main' },
  { name: 'stop-running', answers: { ...waiting, [stopping]: 'no answer' }, reach: stop, sees: '.spinner' },
  {
    name: 'stop-stopped',
    answers: { ...waiting, [stopping]: ok(fixtures.stoppable('stopped')) },
    reach: stop,
    sees: `.notice-success ${STATE}`,
    pictured: 'page',
    part: 'main',
  },
  { name: 'stop-picked-up', answers: { [checking]: ok(fixtures.stoppable('pickedUp')) }, reach: check, sees: `.notice-error ${STATE}` },
  { name: 'stop-expired', answers: { [checking]: ok(fixtures.stoppable('expired')) }, reach: check, sees: STATE },
  { name: 'stop-rejected', answers: { [checking]: ok(fixtures.stoppable('rejected')) }, reach: check, sees: STATE },
]);
