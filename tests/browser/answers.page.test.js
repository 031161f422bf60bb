import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { faultsOf } from './contract.js';
import { sessionStarted } from './fixtures.js';
import { languages } from './site.js';
import { words } from './states/answers.js';
import pickUp from './states/pick-up.js';
import receipt from './states/receipt.js';
import site from './states/site.js';
import stop from './states/stop.js';
import wizard from './states/wizard.js';

/** @type {import('./states/state.js').State[]} */
const states = [...wizard, ...receipt, ...stop, ...pickUp, ...site];

for (const { name, answers = {} } of states) {
  test(`the responses in ${name} conform to the contract`, () => {
    const faults = Object.entries(answers).flatMap(([call, plans]) => [plans].flat().flatMap((plan) => faultsOfPlan(call, plan)));
    assert.deepEqual([...new Set(faults)], []);
  });
}

test('the response to a session extension conforms to the contract', () => {
  assert.deepEqual(faultsOf('PUT', '/api/session', { status: 200, body: sessionStarted('choose') }), []);
});

test('planned refusals have the same texts as server refusals', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const files = execFileSync('git', ['ls-files', '--', 'shared/*.rs'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const server = files.map((file) => readFileSync(`${root}${file}`, 'utf8').replace(/\\\n\s*/g, '')).join('\n');
  const missing = Object.values(words).flatMap((wording) => languages.flatMap((language) => wording[language])).filter((text) => !server.includes(`"${text}"`));
  assert.deepEqual(missing, []);
});

test('a response that violates the contract is reported', () => {
  const body = sessionStarted('choose');
  assert.equal(faultsOf('PUT', '/api/session', { status: 201, body }).length, 1);
  assert.equal(faultsOf('PUT', '/api/session', { status: 200, body: { ...body, nextStep: 'leave' } }).length, 1);
  assert.equal(faultsOf('PUT', '/api/session', { status: 200, body: { ...body, more: true } }).length, 1);
});

/** @param {string} call @param {import('./states/answers.js').Plan} plan */
function faultsOfPlan(call, plan) {
  const [method = '', path = ''] = call.split(' ');
  if (typeof plan === 'string') return [];
  return languages.map(plan).flatMap((answer) => (isFromProxy(answer) ? [] : faultsOf(method, path, answer)));
}

/** @param {import('./static-site.js').Answer} answer */
function isFromProxy({ headers }) {
  return headers?.['Content-Type'] === 'text/html';
}
