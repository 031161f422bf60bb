import assert from 'node:assert/strict';
import { test } from 'node:test';

import { valuesOf } from './contract.js';
import { catalogue, languages, modules, pages, reachedFrom, rules } from './site.js';

const { parts, texts } = await catalogue();
const { ja } = texts;

const composed =
  /^(from|steps|title|certificates\.reason|form|receipt\.(ending|endingWhy|event|mailRemedy|mailTrouble|noResend)|correction\.notPossible|pickUp\.(fault|strength))\.|^stop\.(stopped|pickedUp|expired|rejected)/;

/** @param {string} source */
const literals = (source) => [...source.matchAll(/'([a-zA-Z]+\.[A-Za-z0-9.-]+)'/g)].map(([, key]) => String(key));

/** @param {string} html */
const asked = (html) => [...html.matchAll(/data-i18n="([^"]+)"/g)].map(([, key]) => String(key));

/** @param {string} text */
const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('every language has the same texts with the same parameters', () => {
  assert.equal(parts.flatMap(({ keys }) => keys).length, Object.keys(ja).length);
  for (const language of languages) {
    assert.deepEqual(Object.keys(texts[language]), Object.keys(ja), language);
    for (const [key, text] of Object.entries(texts[language])) {
      assert.notEqual(text, '', `${key} in ${language}`);
      assert.deepEqual(new Set(placeholders(text)), new Set(placeholders(ja[key] ?? '')), `${key} in ${language}`);
    }
  }
});

test('pages, contract and field rules have the same languages', () => {
  assert.deepEqual(languages, valuesOf('Language'));
  for (const wording of Object.values(rules.messages)) assert.deepEqual(Object.keys(wording).sort(), [...languages].sort());
});

test('every text is used, and every used text exists', () => {
  const scripts = modules().filter(({ name }) => !name.startsWith('catalogue/'));
  const used = new Set([...scripts.flatMap(({ source }) => literals(source)), ...pages().flatMap(({ html }) => asked(html))]);
  for (const key of Object.keys(ja)) assert.ok(used.has(key) || composed.test(key), `${key} is not used`);
});

test('every page imports the parts of the catalogue that it needs', () => {
  for (const { name, html } of pages()) {
    const reached = reachedFrom(/<script type="module" src="js\/([^"]+)"/.exec(html)?.[1] ?? '');
    const brought = new Set(parts.filter(({ file }) => reached.has(file)).flatMap(({ keys }) => keys));
    const scripts = modules().filter((module) => reached.has(module.name) && !module.name.startsWith('catalogue/'));
    const needed = scripts.flatMap(({ source }) => literals(source)).filter((key) => key in ja);
    for (const key of [...needed, ...asked(html)]) assert.ok(brought.has(key), `${name} does not bring ${key}`);
  }
});

test('field labels, hints and messages exist in every language', () => {
  const fields = Object.values(rules.fields);
  const labels = [...fields, ...Object.values(rules.fixedFields)].map(({ label }) => label);
  const hints = fields.flatMap(({ hint }) => hint ?? []);
  /** @type {[typeof labels, string[]][]} */
  const kinds = [
    [labels, []],
    [hints, ['{example}']],
    [Object.values(rules.messages), ['{label}', '{max}']],
  ];
  for (const [wordings, known] of kinds) {
    for (const wording of wordings) {
      for (const language of languages) {
        assert.notEqual(wording[language], '', wording.ja);
        assert.deepEqual(placeholders(wording[language]), placeholders(wording.ja));
      }
      for (const parameter of placeholders(wording.ja)) assert.ok(known.includes(parameter), `${parameter} in ${wording.ja}`);
    }
  }
});
