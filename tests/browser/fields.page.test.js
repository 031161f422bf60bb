import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { checkEmailAddress, checkNewEmailAddress } from '../../web/js/email-address.js';
import { checkField, checkMailboxesWith } from '../../web/js/fields.js';
import { fieldRule } from '../../web/js/rules.js';
import { languages, rules } from './site.js';

/** @type {{ field: string, input: string, value?: string | null, error?: string, recordedValue?: string }[]} */
const cases = JSON.parse(readFileSync(new URL('../cases/fields.json', import.meta.url), 'utf8'));

checkMailboxesWith(checkNewEmailAddress);

test('every shared case is normalised or refused as expected', () => {
  for (const { field, input, recordedValue: _, ...expected } of cases) {
    assert.deepEqual(checkField(field, input, rules), expected, `${field}: ${JSON.stringify(input)}`);
  }
});

test('step 1 accepts the addresses of existing certificates', () => {
  const addresses = cases.filter(({ field }) => field === 'emailAddress');
  for (const { input, value, error, recordedValue } of addresses) {
    const outcome = recordedValue ?? value;
    const expected = outcome === undefined ? { error } : { value: outcome };
    assert.deepEqual(checkEmailAddress(input, fieldRule(rules, 'emailAddress')), expected, input);
  }
});

test('normalising a value again does not change it', () => {
  for (const { field, value } of cases) {
    if (value) assert.deepEqual(checkField(field, value, rules), { value }, `${field}: ${value}`);
  }
});

test('every field and every rule has a case', () => {
  assert.deepEqual(new Set(cases.map(({ field }) => field)), new Set(Object.keys(rules.fields)));
  const broken = new Set(cases.flatMap(({ error }) => (error ? [error] : [])));
  // Step 3 checks its checkbox, which is not a field.
  assert.deepEqual(broken.add('notAcknowledged'), new Set(Object.keys(rules.messages)));
});

test('every label and hint is in fields.rs word for word', () => {
  const source = readFileSync(new URL('../../shared/domain/src/fields.rs', import.meta.url), 'utf8');
  const fields = Object.values(rules.fields).flatMap(({ label, hint }) => (hint ? [label, hint] : [label]));
  const fixed = Object.values(rules.fixedFields).map(({ label }) => label);
  for (const text of [...fields, ...fixed].flatMap((wording) => languages.map((language) => wording[language]))) {
    assert.ok(source.includes(`"${text}"`), `not in fields.rs: ${text}`);
  }
});

test('every message is in the module of its language word for word', () => {
  for (const language of languages) {
    const source = readFileSync(new URL(`../../shared/messages/src/${language}.rs`, import.meta.url), 'utf8');
    for (const { [language]: text } of Object.values(rules.messages)) {
      assert.ok(source.includes(`"${text}"`), `not in ${language}.rs: ${text}`);
    }
  }
});
