/**
 * Checks that common variants of input are normalised, and that other input is refused with a message that explains how
 * to correct it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { checkSymbolFits, codeSymbols, inGroups } from '../../../web/js/certificate-code.js';
import { summaryHasFocus } from '../browser.js';
import { rules } from '../site.js';
import { choose, couponOf, freshAccounts, fromOwnAddress, identify, save } from '../stack.js';
import { feature } from './feature.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {{ field: string, input: string, value?: string | null, error?: string }} Case
 */

/** The test cases that the Rust tests also use. @type {Case[]} */
const cases = JSON.parse(readFileSync(new URL('../../cases/fields.json', import.meta.url), 'utf8'));
const secrets = ['applicationPassword', 'certificateCode', 'signInCode', 'stopCode'];
const typed = cases.filter(({ field }) => !secrets.includes(field));

feature(5, 'full-width, half-width, dashes, spaces, kana: accepted and normalised, shown back normalised', async ({ page, variant }) => {
  const { one } = await freshAccounts();
  await page.locator('#identity').waitFor();
  const known = cases.filter(({ field }) => field === 'emailAddress' || secrets.includes(field));
  assert.deepEqual(await modulesResults(page, known), known.map(expected));
  await identify(page, one);
  await choose(page, couponOf(one));

  assert.deepEqual(await modulesResults(page, typed), typed.map(expected));
  const onForm = typed.filter(({ field, input }) => field !== 'prefecture' && !/[\r\n]/.test(input));
  assert.ok(onForm.length > 100);
  const shown = await leftFields(page, onForm);
  for (const [index, { field, input, value, error }] of onForm.entries()) {
    assert.equal(shown[index], error === undefined ? (value ?? '') : input, `${field}: ${JSON.stringify(input)}`);
  }
  await page.reload();
  await page.locator('#notices button').click();

  const answers = await serversResults(page, one, typed);
  for (const [index, each] of typed.entries()) {
    assert.deepEqual(answers[index], expected(each), `${each.field}: ${JSON.stringify(each.input)}`);
  }

  await page.reload();
  await page.locator('#application').waitFor();
  await page.locator('#field-departmentJa').fill('経理ｶﾞ12');
  await page.locator('#field-postalCode').fill('〒１０４−００２８');
  await page.locator('#field-street').fill('八重洲２ー８ー１');
  await page.locator('#field-building').fill('ﾋﾞｰﾙ町ビル');
  await page.locator('#field-phone').fill('03（5000）1111');
  await page.locator('#field-emailAddress').fill('ｔａｒｏ＠ＥＸＡＭＰＬＥ．ｃｏ．ｊｐ');
  await save(page);
  for (const text of ['経理ガ１２', '104-0028', '八重洲2-8-1', 'ビール町ビル', '0350001111', 'taro@example.co.jp']) {
    await page.locator('.answer').getByText(text, { exact: true }).waitFor();
  }
  assert.equal(await page.evaluate(() => document.documentElement.lang), variant.language);
});

/** @param {Case} each */
function expected({ value, error }) {
  return error === undefined ? { value } : { error };
}

/** Returns the results of the page's modules in this browser. @param {Page} page @param {Case[]} inputs */
function modulesResults(page, inputs) {
  return page.evaluate(async (all) => {
    const [fields, addresses] = ['/js/fields.js', '/js/email-address.js'];
    /** @type {typeof import('../../../web/js/fields.js')} */
    const { checkField, checkMailboxesWith } = await import(fields);
    /** @type {typeof import('../../../web/js/email-address.js')} */
    const { checkNewEmailAddress } = await import(addresses);
    checkMailboxesWith(checkNewEmailAddress);
    const loaded = await (await fetch('/rules.json')).json();
    return all.map(({ field, input }) => checkField(field, input, loaded));
  }, inputs);
}

/**
 * Returns the content of each field after text was entered and the field lost focus.
 *
 * @param {Page} page
 * @param {Case[]} inputs
 */
function leftFields(page, inputs) {
  return page.evaluate(
    (all) =>
      all.map(({ field, input }) => {
        const control = /** @type {HTMLInputElement} */ (document.getElementById(`field-${field}`));
        control.focus();
        control.value = input;
        control.dispatchEvent(new Event('input', { bubbles: true }));
        control.blur();
        return control.value;
      }),
    inputs,
  );
}

/**
 * Returns the server's results. Each value is saved together with the recorded values of the other fields, and then
 * read back. Test cases for different fields share one request. When a session has reached its limit of saves, another
 * session continues.
 *
 * @param {Page} page
 * @param {import('../stack.js').Account} account
 * @param {Case[]} inputs
 */
function serversResults(page, { emailAddress, applicationPassword, certificateCode }, inputs) {
  const credentials = { emailAddress, applicationPassword, certificateCode };
  return page.evaluate(async ([credentials, all]) => {
    const call = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {object | undefined} */ body) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`/api/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      return answer.json();
    };
    const { couponNumber, fields: onRecord, version: first } = await call('GET', 'application', undefined);
    let version = first;
    const put = async (/** @type {Record<string | number, any>} */ given) => {
      const input = { couponNumber, version, fields: { ...onRecord, ...given } };
      const saved = await call('PUT', 'application', input);
      if (saved.type !== '/problems/session-limit-reached') return saved;
      await call('POST', 'session', credentials);
      await call('POST', `certificates/${couponNumber}/selection`, { acknowledged: true });
      return call('PUT', 'application', input);
    };
    /** @type {({ value: string | null } | { error: string } | undefined)[]} */
    const results = all.map(() => undefined);
    const save = async (/** @type {number[]} */ indices) => {
      const given = Object.fromEntries(indices.map((index) => [all[index]?.field, all[index]?.input]));
      const saved = await put(given);
      const wrong = new Map((saved.errors ?? []).map((/** @type {{ pointer: string, code: string }} */ { pointer, code }) => [pointer.split('/').pop(), code]));
      const good = indices.filter((index) => !wrong.has(all[index]?.field));
      for (const index of indices) if (wrong.has(all[index]?.field)) results[index] = { error: wrong.get(all[index]?.field) };
      if (wrong.size > 0) return good;
      version = saved.version;
      const { fields } = await call('GET', 'application', undefined);
      for (const index of indices) results[index] = { value: fields[all[index]?.field ?? ''] };
      return [];
    };
    const left = new Set(all.keys());
    while (left.size > 0) {
      /** @type {Map<string | undefined, number>} */
      const batch = new Map();
      for (const index of left) if (!batch.has(all[index]?.field)) batch.set(all[index]?.field, index);
      const unsaved = await save([...batch.values()]);
      if (unsaved.length > 0) await save(unsaved);
      for (const index of batch.values()) left.delete(index);
    }
    return results;
  }, /** @type {const} */ ([credentials, inputs]));
}

feature(6, 'a typo in a code is reported without a request; codes of an older system are accepted as they are', async ({ page, say, variant }) => {
  const { one, two } = await freshAccounts();
  await page.locator('#identity').waitFor();
  /** @type {string[]} */
  const requests = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/')) requests.push(request.url());
  });
  const errors = everyOneCharacterError(one.certificateCode);
  assert.equal(errors.length, rules.certificateCode.symbols * (rules.certificateCode.alphabet.length - 1));
  const message = rules.messages.certificateCodeTypo?.[variant.language].replaceAll('{label}', rules.fields.certificateCode?.label[variant.language] ?? '');
  assert.ok(message);
  assert.deepEqual(new Set(await toldOnLeaving(page, errors)), new Set([message]));
  // A correct code is accepted in every notation.
  const code = one.certificateCode;
  const wide = code.replace(/[0-9A-Z]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0));
  assert.deepEqual(new Set(await toldOnLeaving(page, [code, code.toLowerCase(), code.replaceAll('-', ''), wide, two.certificateCode])), new Set([null]));
  await page.locator('#field-emailAddress').fill(one.emailAddress);
  await page.locator('#field-applicationPassword').fill(one.applicationPassword);
  await page.locator('#field-certificateCode').fill(String(errors[0]));
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  assert.deepEqual(requests, []);

  const answers = await fromOwnAddress(page);
  assert.equal(codeSymbols(two.certificateCode, rules.certificateCode), null);
  await page.locator('#field-emailAddress').fill(two.emailAddress);
  await page.locator('#field-applicationPassword').fill(two.applicationPassword);
  await page.locator('#field-certificateCode').fill(two.certificateCode.toUpperCase());
  await page.locator('#submit').click();
  await summaryHasFocus(page);
  assert.deepEqual(answers.map(({ status }) => status), [401]);
  await identify(page, two);
  await page.getByText(say('certificates.count', { count: 2 })).waitFor();
});

/** @param {string} code in groups */
function everyOneCharacterError(code) {
  const form = rules.certificateCode;
  const symbols = codeSymbols(code, form) ?? '';
  assert.ok(checkSymbolFits(symbols, form));
  return [...symbols].flatMap((right, place) =>
    [...form.alphabet]
      .filter((wrong) => wrong !== right)
      .map((wrong) => inGroups(symbols.slice(0, place) + wrong + symbols.slice(place + 1), form)),
  );
}

/** Returns the field's error message for each of these codes. @param {Page} page @param {string[]} codes */
function toldOnLeaving(page, codes) {
  return page.evaluate((all) => {
    const control = /** @type {HTMLInputElement} */ (document.getElementById('field-certificateCode'));
    return all.map((code) => {
      control.focus();
      control.value = code;
      control.blur();
      return document.getElementById('error-certificateCode')?.textContent ?? null;
    });
  }, codes);
}

/**
 * This test compares only the responses. The Rust tests `failed_and_successful_identity_checks_make_equally_many_calls`
 * and `a_withheld_answer_is_the_same_for_right_wrong_and_unknown_credentials` compare the server's work.
 */
feature(7, 'one message whichever credential is wrong; the other fields are kept', async ({ page }) => {
  const { one, two } = await freshAccounts();
  const right = { emailAddress: one.emailAddress, applicationPassword: one.applicationPassword, certificateCode: one.certificateCode };
  const wrong = { emailAddress: `nobody.${one.emailAddress}`, applicationPassword: 'wrong password', certificateCode: two.certificateCode };
  const answers = await fromOwnAddress(page);
  for (const given of [
    { ...right, emailAddress: wrong.emailAddress },
    { ...right, applicationPassword: wrong.applicationPassword },
    { ...right, certificateCode: wrong.certificateCode },
    wrong,
  ]) {
    const before = answers.length;
    for (const [name, value] of Object.entries(given)) await page.locator(`#field-${name}`).fill(value);
    await page.locator('#submit').click();
    await summaryHasFocus(page);
    assert.equal(answers.length, before + 1);
    for (const [name, value] of Object.entries(given)) assert.equal(await page.locator(`#field-${name}`).inputValue(), value);
    assert.equal(await page.locator('#problem li').count(), 0, 'no field is named');
    assert.equal(await page.locator('[aria-invalid]').count(), 0, 'no field is marked');
  }
  const [first, ...others] = answers.map(({ status, headers: { date, ...headers }, body }) => ({ status, headers, body: body.toString('base64') }));
  assert.equal(first?.status, 401);
  assert.ok(others.length === 3);
  for (const other of others) assert.deepEqual(other, first);
});
