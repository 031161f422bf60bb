import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import deployment from '../../web/js/deployment.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { ja, en } = deployment.service;

/** @param {string} file */
const read = (file) => readFileSync(`${root}${file}`, 'utf8');

test('only deployment.js spells the name of the service', () => {
  const files = execFileSync('git', ['ls-files', '--', 'web/*.html', 'web/js', 'shared/mail'], { cwd: root, encoding: 'utf8' });
  const spelling = new RegExp([ja, en].map((name) => name.replaceAll(' ', '\\s*')).join('|'), 'i');
  const found = files.trim().split('\n').filter((file) => spelling.test(read(file)));
  assert.deepEqual(found, ['web/js/deployment.js']);
});

test('the default names of pages, deployment and local stack agree', () => {
  const [, names = ''] = /\n  ServiceName:\n([\s\S]*?)\n  MailFrom:/.exec(read('infra/template.yaml')) ?? [];
  assert.deepEqual([...names.matchAll(/Default: (.*)/g)].map(([, name]) => name), [ja, en]);
  const localStack = read('infra/local-stack/src/stack.rs');
  for (const [language, name] of Object.entries({ ja, en })) assert.ok(localStack.includes(`${language}: "${name}".to_owned()`));
});
