import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkSymbolFits, codeSymbols, inGroups } from '../../web/js/certificate-code.js';
import { rules } from './site.js';

const code = rules.certificateCode;
const typed = '7K3M-9QX2-TB50-VWHN-8C1D-RZ4P-J6EX';

/** @param {string} symbols of a code, whose last symbol is replaced by the correct check symbol */
function completed(symbols) {
  const found = [...code.alphabet].map((last) => symbols.slice(0, -1) + last).filter((each) => checkSymbolFits(each, code));
  assert.equal(found.length, 1);
  return /** @type {string} */ (found[0]);
}

const valid = completed(/** @type {string} */ (codeSymbols(typed, code)));

test('every single wrong character is detected', () => {
  for (let place = 0; place < valid.length; place++) {
    for (const symbol of code.alphabet) {
      if (symbol === valid[place]) continue;
      const wrong = valid.slice(0, place) + symbol + valid.slice(place + 1);
      assert.equal(checkSymbolFits(wrong, code), false, wrong);
    }
  }
});

test('every swap of two different characters is detected', () => {
  for (let left = 0; left < valid.length; left++) {
    for (let right = left + 1; right < valid.length; right++) {
      if (valid[left] === valid[right]) continue;
      const symbols = [...valid];
      [symbols[left], symbols[right]] = [String(symbols[right]), String(symbols[left])];
      assert.equal(checkSymbolFits(symbols.join(''), code), false, symbols.join(''));
    }
  }
});

test('grouping does not change a code', () => {
  assert.match(inGroups(valid, code), /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  assert.equal(codeSymbols(inGroups(valid, code).toLowerCase(), code), valid);
});
