/** Checks that the security documents name every log, key, credential and class of data that they must describe. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parse } from 'yaml';

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** @param {string} name @returns {Record<string, { Type: string, Properties: Record<string, any> }>} */
const resourcesOf = (name) => parse(read(`infra/${name}`), { logLevel: 'silent' }).Resources;

/** Returns the first cells of the table below a heading. @param {string} markdown @param {string} heading */
function firstCells(markdown, heading) {
  const [, section = ''] = markdown.split(`${heading}\n`);
  const [table = ''] = /^\|.*\n\|[-|]+\n(?:\|.*\n)+/m.exec(section) ?? [];
  const [, , ...rows] = table.trim().split('\n');
  return rows.map((row) => row.split('|')[1]?.trim() ?? '');
}

test('the list of logs has every log group of the templates', () => {
  const manual = read('docs/operate.md');
  const groups = ['template', 'api', 'effects'].flatMap((name) => Object.values(resourcesOf(`${name}.yaml`)));
  const names = groups.filter(({ Type }) => Type === 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName);
  assert.ok(names.length >= 2);
  for (const name of names) {
    const inManual = name.replace('${AWS::StackName}', 'STACK');
    assert.ok(manual.includes(`log group \`${inManual}\``), inManual);
  }
  assert.deepEqual(firstCells(manual, '### Logs'), ['functions', 'API', 'audit log', 'traces', 'metrics', 'account']);
});

test('the ways to authenticate include every operation without a session', () => {
  /** @type {Record<string, Record<string, { operationId?: string, security?: unknown[] }>>} */
  const paths = parse(read('infra/openapi.yaml')).paths;
  const open = Object.values(paths).flatMap((path) => Object.values(path)).filter(({ security }) => security?.length === 0);
  const listed = firstCells(read('docs/security/authentication.md'), '# Ways to authenticate').flatMap(namesIn);
  assert.deepEqual([...new Set(listed)].sort(), open.map(({ operationId }) => operationId).sort());
});

/** Returns the texts in backticks. @param {string} cell */
function namesIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
}
