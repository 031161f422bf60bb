import assert from 'node:assert/strict';
import { test } from 'node:test';

import english from '../../web/js/catalogue/en.js';
import japanese from '../../web/js/catalogue/ja.js';
import { modules, pages, rules } from './site.js';

/** @type {Record<string, string>} */
const en = english;
/** @type {Record<string, string>} */
const ja = japanese;

/** @param {string} text */
const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('both languages have the same texts with the same parameters', () => {
  assert.deepEqual(Object.keys(ja), Object.keys(en));
  for (const [key, text] of Object.entries(ja)) {
    assert.notEqual(text, '', key);
    assert.notEqual(en[key], '', key);
    assert.deepEqual([...new Set(placeholders(text))], [...new Set(placeholders(en[key] ?? ''))], key);
  }
});

test('every text that is used exists, and every text that exists is used', () => {
  const scripts = modules().filter(({ name }) => !name.startsWith('catalogue/'));
  const literal = scripts.flatMap(({ source }) => [...source.matchAll(/'([a-zA-Z]+\.[A-Za-z0-9.-]+)'/g)].map(([, key]) => String(key)));
  const asked = pages().flatMap(({ html }) => [...html.matchAll(/data-i18n="([^"]+)"/g)].map(([, key]) => String(key)));
  for (const key of asked) assert.ok(key in ja, key);
  const composed =
    /^(from|steps|title|certificates\.reason|form|receipt\.(event|mailRemedy|mailTrouble|noResend)|pickUp\.(fault|strength))\./;
  const used = new Set([...literal, ...asked]);
  for (const key of Object.keys(ja)) assert.ok(used.has(key) || composed.test(key), `${key} is not used`);
});

test('the labels and messages of the fields are in both languages, with parameters that exist', () => {
  for (const wording of [...Object.values(rules.messages), ...Object.values(rules.fields).map(({ label }) => label)]) {
    for (const language of /** @type {const} */ (['ja', 'en'])) {
      assert.notEqual(wording[language], '');
      for (const parameter of placeholders(wording[language])) assert.match(parameter, /^\{(label|max)\}$/);
    }
  }
});
