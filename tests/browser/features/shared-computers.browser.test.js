/** Checks that after a session, another person at the same computer cannot read what the subscriber entered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchHeadlessShell, openPage, pairs } from '../browser.js';
import { baseURL, choose, couponOf, freshAccounts, identify, reissue, save, secondIsOver, sendCredentials, submit } from '../stack.js';

/**
 * @typedef {import('../browser.js').Page} Page
 * @typedef {import('../stack.js').Account} Account
 */

/** Values that occur nowhere else. They differ from the values that the account already has. */
const entered = {
  titleDepartmentRomaji: 'Zaphod Dept.',
  emailAddress: 'zaphod.draft@example.co.jp',
  street: '秘密町98-7',
  building: '内緒ビル65F',
  phone: '0398765432',
};
const japanese = /** @type {import('../browser.js').Variant} */ (pairs[0]);

/** @type {import('../browser.js').Browser} */
let browser;

before(async () => {
  browser = await launchHeadlessShell();
});
after(() => browser.close());

/**
 * @param {string} words
 * @param {(page: Page, accounts: { one: Account, two: Account }) => Promise<void>} check
 */
function shared(words, check) {
  test(`shared computer: ${words}`, async () => {
    const page = await openPage(browser, japanese, baseURL);
    try {
      await page.clock.install();
      await check(page, await freshAccounts());
    } finally {
      await page.context().close();
    }
  });
}

shared('a sign-out removes the draft from storage, page and history', async (page, { one }) => {
  await draftOf(page, one);
  await page.getByRole('button', { name: 'ログアウト' }).click();
  await page.waitForURL('**/index.html?from=logged-out');
  assert.deepEqual(await storedNames(page), ['local cert-reissue.language']);
  await historyShowsNothing(page, one);
});

shared('a sign-out without a connection removes the draft', async (page, { one }) => {
  await draftOf(page, one);
  await page.route('**/api/session', (route) => route.abort());
  await page.getByRole('button', { name: 'ログアウト' }).click();
  await page.locator('#problem [role=alert]').waitFor();
  assert.deepEqual(await storedNames(page), ['local cert-reissue.language', 'local cert-reissue.session']);
});

shared('a sign-out in another tab makes the draft unreadable', async (page, { one }) => {
  await draftOf(page, one);
  const other = await page.context().newPage();
  await other.goto('/certificates.html');
  await other.getByRole('button', { name: 'ログアウト' }).click();
  await other.waitForURL('**/index.html?from=logged-out');
  await page.clock.fastForward('00:02');
  await page.getByRole('heading', { name: 'ログアウトしました' }).waitFor();
  assert.deepEqual(await storedNames(page), ['local cert-reissue.language']);
  await showsNothing(page, one);
});

shared('a submission removes the draft of another certificate', async (page, { two }) => {
  await draftOf(page, two);
  await page.goto('/certificates.html');
  await choose(page, couponOf(two, 1));
  await save(page);
  assert.ok((await storedNames(page)).includes('tab cert-reissue.drafts'));
  await submit(page);
  assert.deepEqual(await storedNames(page), ['local cert-reissue.language', 'local cert-reissue.session']);
});

shared('after a time-out, nothing is readable, and the same credentials restore the draft', async (page, { one }) => {
  await draftOf(page, one);
  await timeOut(page);
  assert.deepEqual(await storedNames(page), [
    'local cert-reissue.draft-key',
    'local cert-reissue.language',
    'local cert-reissue.session',
    'tab cert-reissue.drafts',
  ]);
  await showsNothing(page, one);
  await historyShowsNothing(page, one);

  await page.goto('/index.html');
  await page.locator('#identity').waitFor();
  await page.clock.fastForward('58:00');
  await identify(page, one);
  await choose(page, couponOf(one));
  await isRestored(page);
});

shared('the credentials are needed to decrypt a draft after a time-out', async (page, { one, two }) => {
  await draftOf(page, one);
  await timeOut(page);
  const draft = (await decryptedDraft(page, one)) ?? '';
  for (const value of Object.values(entered)) assert.ok(draft.includes(value), value);
  assert.equal(await decryptedDraft(page, two), null);
  for (const wrong of ['emailAddress', 'applicationPassword', 'certificateCode']) {
    assert.equal(await decryptedDraft(page, { ...one, [wrong]: `${one.certificateCode}x` }), null, wrong);
  }
});

shared('a session that the server has ended leaves only the encrypted draft', async (page, { one }) => {
  await draftOf(page, one);
  const cookies = await page.context().cookies();
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' } }));
  await page.context().addCookies(cookies);
  await page.goto('/certificates.html');
  await page.waitForURL('**/index.html?from=logged-out');
  assert.ok(!(await stored(page)).includes('"open"'));
  await showsNothing(page, one);
  await identify(page, one);
  await choose(page, couponOf(one));
  await isRestored(page);
});

shared('the identity check of another subscriber deletes the draft', async (page, { one, two }) => {
  await draftOf(page, one);
  await timeOut(page);
  await page.goto('/index.html');
  await identify(page, two);
  assert.ok(!(await storedNames(page)).includes('tab cert-reissue.drafts'));
  await page.goto('/index.html');
  await identify(page, one);
  await choose(page, couponOf(one));
  await isNotRestored(page);
});

shared('the identity check of another subscriber in another tab empties the page', async (page, { one, two }) => {
  await draftOf(page, one);
  const other = await page.context().newPage();
  await other.goto('/index.html');
  await identify(other, two);
  await page.clock.fastForward('00:02');
  await page.waitForURL('**/certificates.html?from=step-out-of-order');
  await page.locator('.result-count').waitFor();
  await showsNothing(page, one);
});

for (const [words, pass] of /** @type {[string, (page: Page) => Promise<void>][]} */ ([
  ['passes', (page) => page.clock.fastForward('01:01:00')],
  ['passes while the computer sleeps', (page) => sleep(page, 61 * 60_000)],
])) {
  shared(`the draft is deleted when an hour ${words}`, async (page, { one }) => {
    await draftOf(page, one);
    await timeOut(page);
    await page.locator('dialog a').click();
    await page.waitForURL('**/index.html?from=session-ended');
    await page.locator('#identity').waitFor();
    await pass(page);
    if (words === 'passes') {
      const names = await storedNames(page);
      assert.deepEqual(names, ['local cert-reissue.language', 'local cert-reissue.session']);
    }
    await identify(page, one);
    await choose(page, couponOf(one));
    await isNotRestored(page);
  });
}

shared('a session that ended while no page was open is locked by the next page', async (page, { one }) => {
  await draftOf(page, one);
  await page.goto('about:blank');
  await sleep(page, 20 * 60_000);
  await page.goto('/help.html');
  await page.locator('footer').waitFor();
  assert.ok(!(await stored(page)).includes('"open"'));
  await showsNothing(page, one);
});

shared('the corrected address and the receipt are removed at a time-out', async (page, { one }) => {
  const number = await reissue(page, one);
  const acceptedAt = new Date().toISOString();
  await page.goto(`/correct-address.html?number=${number}`);
  await page.locator('#content a[href*="identity-check-required"]').click();
  await page.locator('#identity').waitFor();
  await secondIsOver(acceptedAt);
  await sendCredentials(page, one);
  await page.locator('#correction').waitFor();
  await page.locator('#field-emailAddress').fill(entered.emailAddress);
  await page.waitForFunction(() => sessionStorage.getItem('cert-reissue.drafts') !== null);
  const receipt = await page.context().newPage();
  await receipt.goto(`/receipt.html?number=${number}`);
  await receipt.locator('.timeline').waitFor();
  await timeOut(page);
  await receipt.locator('dialog').waitFor();
  for (const tab of [page, receipt]) {
    await showsNothing(tab, one);
    assert.equal(await tab.locator('#main .descriptions, #main .timeline, #main form').count(), 0);
  }
  await page.goto(`/index.html?to=${encodeURIComponent(`correct-address.html?number=${number}`)}`);
  await page.locator('#identity').waitFor();
  await sendCredentials(page, one);
  await page.locator('#correction').waitFor();
  assert.equal(await page.locator('#field-emailAddress').inputValue(), entered.emailAddress);
});

shared('a page in the back/forward cache is empty, and is loaded again', async (page, { one }) => {
  await fillCredentials(page, one);
  await leave(page);
  await showsNothing(page, one);
  await comeBack(page, '#identity');
  await draftOf(page, one);
  await leave(page);
  await showsNothing(page, one);
  await comeBack(page, '#application');
  await isRestored(page);
  await page.goto('/pick-up.html');
  await page.locator('#credentials').waitFor();
  await fillCredentials(page, one);
  await leave(page);
  await showsNothing(page, one);
  await comeBack(page, '#credentials');
});

shared('the identity check leaves neither the address nor the secrets in step 1', async (page, { one }) => {
  await identify(page, one);
  await page.goBack();
  await page.locator('#identity').waitFor();
  await showsNothing(page, one);
});

/** Enters values in step 4, and waits until they are stored. @param {Page} page @param {Account} account */
async function draftOf(page, account) {
  await identify(page, account);
  await choose(page, couponOf(account));
  for (const [name, value] of Object.entries(entered)) await page.locator(`#field-${name}`).fill(value);
  await page.waitForFunction(async (last) => {
    const { recallDraft } = await import(/** @type {string} */ ('/js/draft.js'));
    return (await recallDraft(last.coupon))?.phone === last.phone;
  }, { coupon: couponOf(account), phone: entered.phone });
}

/** Lets the session end by the clock of the page, and removes the cookie. @param {Page} page */
async function timeOut(page) {
  await page.clock.fastForward('16:00');
  await page.getByRole('heading', { name: '手続きの有効時間が終わりました' }).waitFor();
  await page.context().clearCookies();
}

/** Changes the clock without running the timers of the page. @param {Page} page @param {number} milliseconds */
async function sleep(page, milliseconds) {
  await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + milliseconds);
}

/** @param {Page} page @param {Account} account */
async function fillCredentials(page, { emailAddress, applicationPassword, certificateCode }) {
  for (const [name, value] of Object.entries({ emailAddress, applicationPassword, certificateCode })) {
    const field = page.locator(`#field-${name}`);
    if (await field.count()) await field.fill(value);
  }
}

/** Tells the page that the browser moves it to the back/forward cache. @param {Page} page */
async function leave(page) {
  await page.evaluate(() => void dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
}

/** Tells the page that the browser shows it from the back/forward cache. @param {Page} page @param {string} ready */
async function comeBack(page, ready) {
  await Promise.all([
    page.waitForEvent('load'),
    page.evaluate(() => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))),
  ]);
  await page.locator(ready).waitFor();
}

/** @param {Page} page */
async function isRestored(page) {
  await page.getByText('まだ保存していない入力内容を復元しました。').waitFor();
  for (const [name, value] of Object.entries(entered)) assert.equal(await page.locator(`#field-${name}`).inputValue(), value);
}

/** @param {Page} page */
async function isNotRestored(page) {
  assert.equal(await page.locator('#notices').innerText(), '');
  for (const [name, value] of Object.entries(entered)) assert.notEqual(await page.locator(`#field-${name}`).inputValue(), value);
}

/** Goes back through the whole history. @param {Page} page @param {Account} account */
async function historyShowsNothing(page, account) {
  for (let visited = 0; visited < 8 && page.url() !== 'about:blank'; visited += 1) {
    await page.goBack({ waitUntil: 'load' });
    if (page.url() === 'about:blank') return;
    await page.locator('#identity:visible, #problem [role=alert]').first().waitFor();
    await showsNothing(page, account);
  }
}

/** Asserts that neither the document nor a form nor the storage contains a value. @param {Page} page @param {Account} account */
async function showsNothing(page, { emailAddress, applicationPassword, certificateCode }) {
  const shown = await page.evaluate(() => {
    const controls = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input, select, textarea'))];
    return [document.documentElement.outerHTML, location.href, JSON.stringify(history.state), ...controls.map(({ value }) => value)].join('\n');
  });
  const everything = shown + (await stored(page));
  for (const value of [...Object.values(entered), applicationPassword, certificateCode]) assert.ok(!everything.includes(value), value);
  const typed = await stored(page);
  if (!page.url().includes('index.html')) assert.ok(!typed.includes(emailAddress), emailAddress);
}

/** Returns everything that the browser has stored for the site. @param {Page} page */
function stored(page) {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches = await globalThis.caches?.keys();
    return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, window.name, databases, caches]);
  });
}

/** @param {Page} page */
function storedNames(page) {
  return page.evaluate(async () => [
    ...(await indexedDB.databases()).map(({ name }) => `database ${name}`),
    ...Object.keys(localStorage).sort().map((name) => `local ${name}`),
    ...Object.keys(sessionStorage).sort().map((name) => `tab ${name}`),
  ]);
}

/** Decrypts the stored draft with credentials, as an attacker would try it. @param {Page} page @param {Account} account */
function decryptedDraft(page, { emailAddress, applicationPassword, certificateCode }) {
  return page.evaluate(async ([address, password, code]) => {
    const { decrypted, importKey, keyFrom } = await import(/** @type {string} */ ('/js/encryption.js'));
    const { salt, locked, open } = JSON.parse(localStorage.getItem('cert-reissue.draft-key') ?? '{}');
    if (open) throw new Error('the key is readable');
    const key = await decrypted(await keyFrom([address, password, code], salt), locked);
    if (key === null) return null;
    return JSON.stringify(await decrypted(await importKey(key), sessionStorage.getItem('cert-reissue.drafts')));
  }, [emailAddress, applicationPassword, certificateCode.replaceAll('-', '')]);
}
