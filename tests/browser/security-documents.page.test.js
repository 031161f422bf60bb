/** Checks that the security documents name every log, key, credential and class of data that they must describe. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parse } from 'yaml';

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** @param {string} name @returns {Record<string, { Type: string, Properties: Record<string, any> }>} */
const resourcesOf = (name) => parse(read(`infra/${name}`), { logLevel: 'silent' }).Resources;

/** Returns the cells of each row of the first table below a heading. @param {string} markdown @param {string} heading */
function rowsBelow(markdown, heading) {
  const [, section = ''] = markdown.split(`${heading}\n`);
  const [table = ''] = /^\|.*\n\|[-|]+\n(?:\|.*\n)+/m.exec(section) ?? [];
  const [, , ...rows] = table.trim().split('\n');
  return rows.map((row) => row.replace(/^\| | \|$/g, '').split(' | '));
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
  assert.deepEqual(rowsBelow(manual, '### Logs').map(([log]) => log), ['functions', 'API', 'audit log', 'traces', 'metrics', 'account']);
});

test('the ways to authenticate include every operation without a session', () => {
  /** @type {Record<string, Record<string, { operationId?: string, security?: unknown[] }>>} */
  const paths = parse(read('infra/openapi.yaml')).paths;
  const open = Object.values(paths).flatMap((path) => Object.values(path)).filter(({ security }) => security?.length === 0);
  const listed = rowsBelow(read('docs/security/authentication.md'), '# Ways to authenticate').flatMap(([operations = '']) => namesIn(operations));
  assert.deepEqual([...new Set(listed)].sort(), open.map(({ operationId }) => operationId).sort());
});

test('the list of keys has every key and secret of the templates', () => {
  const types = ['AWS::KMS::Key', 'AWS::SecretsManager::Secret'];
  const kept = Object.entries(resourcesOf('keys.yaml')).filter(([, { Type }]) => types.includes(Type));
  const listed = keyRows().flatMap(([key = '']) => namesIn(key));
  assert.deepEqual(listed.sort(), kept.map(([name]) => name).sort());
});

test('the list of keys names every function that uses a key', () => {
  const resources = ['api.yaml', 'effects.yaml'].flatMap((name) => Object.values(resourcesOf(name)));
  const functions = resources.filter(({ Type }) => Type === 'AWS::Serverless::Function');
  for (const key of ['CaKey', 'OcspKey', 'StatementKey', 'CodeKey']) {
    const users = functions.filter(({ Properties: { Policies } }) =>
      Policies.flatMap((/** @type {any} */ { Statement }) => Statement).some(
        (/** @type {any} */ { Action, Resource }) => Resource === `${key}Arn` && /kms:(?:Sign|GenerateMac)/.test(String(Action)),
      ),
    );
    const [, , , listed = ''] = keyRows().find(([name]) => name === `\`${key}\``) ?? [];
    assert.deepEqual(
      listed.split(', ').filter((user) => !user.startsWith('operators')).sort(),
      users.map(({ Properties }) => Properties.FunctionName.replace('${Deployment}-', '')).sort(),
      key,
    );
  }
});

test('the levels of protection include every class of personal data', () => {
  const [, variants = ''] = /enum PersonalData \{([^}]*)\}/.exec(read('shared/domain/src/fields/spec.rs')) ?? [];
  const classes = [...variants.matchAll(/^ +(\w+),/gm)].map(([, name]) => name);
  const rows = rowsBelow(read('docs/security/data.md'), '# Protection of data');
  assert.ok(classes.length >= 7);
  assert.deepEqual(rows.flatMap(([name = '']) => namesIn(name)).sort(), classes.sort());
  for (const [name, level = ''] of rows) assert.ok(['secret', 'personal', 'internal', 'public'].includes(level), name);
});

/** Returns the rows of the list of keys. */
function keyRows() {
  return rowsBelow(read('docs/security/cryptography.md'), '# Keys, algorithms and certificates');
}

/** Returns the texts in backticks. @param {string} cell */
function namesIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
}
