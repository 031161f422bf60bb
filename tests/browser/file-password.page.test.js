import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faultOf, strengthOf, suggestedPassword } from '../../web/js/pick-up/file-password.js';

test('a password is refused for the first rule that it breaks', () => {
  for (const [password, fault] of /** @type {[string, string | null][]} */ ([
    ['', 'required'],
    ['ひみつのパスワード12345', 'notAscii'],
    ['ｐａｓｓｗｏｒｄ１２３４５', 'notAscii'],
    ['with a space in it', 'notAscii'],
    ['sakura-2024-melon', 'sameAsApplication'],
    ['Xk7!pQ2#mZ9', 'tooShort'],
    ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['123456789012345678', 'weak'],
    ['abababababababababab', 'weak'],
    ['azazazazazazazazazaz', 'weak'],
    ['passwordpassword', 'weak'],
    ['Xk7!pQ2#mZ9$', null],
    ['correct-horse-battery', null],
  ])) {
    assert.equal(faultOf(password, 'sakura-2024-melon'), fault, password);
  }
});

test('a longer or more varied password is stronger', () => {
  assert.equal(strengthOf('kmwqzvhdbxtr'), 'fair');
  assert.equal(strengthOf('kmwqzvhdbxtrgpsj'), 'strong');
  assert.equal(strengthOf('kMw9zV!dbX-r'), 'strong');
});

test('suggested passwords are strong, unique and evenly distributed', () => {
  const suggestions = Array.from({ length: 1000 }, suggestedPassword);
  assert.equal(new Set(suggestions).size, suggestions.length);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const suggestion of suggestions) {
    assert.match(suggestion, /^[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){3}$/);
    assert.equal(faultOf(suggestion, ''), null);
    for (const symbol of suggestion.replaceAll('-', '')) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  }
  assert.equal(counts.size, 31);
  // The expected count of each symbol is 645, with a standard deviation of 25.
  for (const [symbol, count] of counts) assert.ok(count > 450 && count < 850, `${symbol}: ${count}`);
});
