import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isUnfinished, suggestedDomain, typingErrors } from '../../web/js/email-domains.js';

test('the distance counts four kinds of typing errors', () => {
  for (const [typed, meant, errors] of /** @type {const} */ ([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['gmail.com', 'gmail.com', 0],
    ['gmial.com', 'gmail.com', 1],
    ['gmai.com', 'gmail.com', 1],
    ['gmaill.com', 'gmail.com', 1],
    ['gnail.com', 'gmail.com', 1],
    ['gmial.con', 'gmail.com', 2],
    ['ca', 'abc', 3],
  ])) {
    assert.equal(typingErrors(typed, meant), errors, `${typed} ${meant}`);
    assert.equal(typingErrors(meant, typed), errors, `${meant} ${typed}`);
  }
});

test('typing errors in the domains of common providers are found', () => {
  for (const [typed, meant] of [
    ['gmial.com', 'gmail.com'],
    ['gmail.con', 'gmail.com'],
    ['gmail.co', 'gmail.com'],
    ['gamil.cmo', 'gmail.com'],
    ['docmo.ne.jp', 'docomo.ne.jp'],
    ['docomo.ne.jo', 'docomo.ne.jp'],
    ['ezewb.ne.jp', 'ezweb.ne.jp'],
    ['au.con', 'au.com'],
    ['sotfbank.ne.jp', 'softbank.ne.jp'],
    ['i.sofbank.jp', 'i.softbank.jp'],
    ['yaho.co.jp', 'yahoo.co.jp'],
    ['yahoo.cojp', 'yahoo.co.jp'],
    ['outlok.jp', 'outlook.jp'],
    ['iclould.com', 'icloud.com'],
    ['nfity.com', 'nifty.com'],
  ]) {
    assert.equal(suggestedDomain(String(typed)), meant, typed);
  }
});

test('known domains and domains with more errors have no suggestion', () => {
  for (const domain of [
    'gmail.com', 'mail.com', 'ymail.com', 'email.com', 'outlook.com', 'outlook.jp', 'yahoo.ne.jp', 'i.softbank.jp',
    'au.com', 'ocn.ne.jp', 'me.com', 'example.co.jp', 'example.com', 'softbank.co.jp', 'docomo-cs.co.jp', 'aux.co', '',
  ]) {
    assert.equal(suggestedDomain(domain), null, domain);
  }
});

test('the beginning of a common domain is unfinished', () => {
  for (const domain of ['', 'gmail.co', 'docomo.ne', 'gmail.com']) assert.ok(isUnfinished(domain), domain);
  for (const domain of ['gmial.com', 'example.co']) assert.ok(!isUnfinished(domain), domain);
});
