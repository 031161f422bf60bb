import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import deployment from '../../web/js/deployment.js';
import { languages } from './site.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = languages.map((language) => deployment.service[language]);

/** @param {string} file */
const read = (file) => readFileSync(`${root}${file}`, 'utf8');

test('only deployment.js spells the name of the service', () => {
  const files = execFileSync('git', ['ls-files', '--', 'web/*.html', 'web/js', 'shared/mail'], { cwd: root, encoding: 'utf8' });
  const spelling = new RegExp(names.map((name) => name.replaceAll(' ', '\\s*')).join('|'), 'i');
  const found = files.trim().split('\n').filter((file) => spelling.test(read(file)));
  assert.deepEqual(found, ['web/js/deployment.js']);
});

test('the default names of pages, deployment and local stack agree', () => {
  const [, parameters = ''] = /\n  ServiceName:\n([\s\S]*?)\n  MailFrom:/.exec(read('infra/template.yaml')) ?? [];
  assert.deepEqual([...parameters.matchAll(/Default: (.*)/g)].map(([, name]) => name), names);
  const localStack = read('infra/local-stack/src/stack.rs');
  for (const language of languages) assert.ok(localStack.includes(`${language}: "${deployment.service[language]}".to_owned()`));
});

test('the page settings have the service name in every language', () => {
  const [, settings = ''] = /PageSettings:[^]*?export default (\{.*\});/.exec(read('infra/template.yaml')) ?? [];
  for (const { service } of [deployment, JSON.parse(settings)]) assert.deepEqual(Object.keys(service), languages);
});
