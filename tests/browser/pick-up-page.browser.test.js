import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { sha256Fingerprint } from '../../web/js/pki/certificate.js';
import { fromPem } from '../../web/js/pki/pem.js';
import { launchHeadlessShell, openPage, summaryHasFocus, variants } from './browser.js';
import { NOW, applicationPassword, certificateCode, receipt, receiptNumber } from './fixtures.js';
import { problem, startStub } from './pick-up-stub.js';
import { authority, opened, temporaryFolder } from './pki.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

/** @type {import('./browser.js').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startStub>>} */
let stub;
const folder = temporaryFolder();
const japanese = /** @type {Variant} */ (variants[0]);
const filePassword = 'Xk7!pQ2#mZ9$ vW'.replace(' ', '');

before(async () => {
  browser = await launchHeadlessShell();
  stub = await startStub(authority(folder));
});
beforeEach(() => stub.reset());
after(async () => {
  await browser.close();
  stub.stop();
  folder.remove();
});

async function pickUpPage() {
  const page = await openPage(browser, japanese, stub.baseURL);
  // Generating a key is slow while other tests are running.
  page.setDefaultTimeout(60_000);
  await page.clock.setFixedTime(NOW);
  await page.goto('/pick-up.html');
  await page.locator('#credentials').waitFor();
  return page;
}

/** @param {Page} page @param {string} [code] */
async function check(page, code = certificateCode) {
  await page.locator('#field-certificateCode').fill(code);
  await page.locator('#field-applicationPassword').fill(applicationPassword);
  await page.locator('#check').click();
}

/** @param {Page} page */
async function pickUp(page) {
  await page.locator('#file').waitFor();
  await page.locator('#field-filePassword').fill(filePassword);
  await page.locator('#field-written').check();
  await page.locator('#pick-up').click();
}

/** @param {Page} page @param {number} index */
async function download(page, index) {
  const [started] = await Promise.all([page.waitForEvent('download'), page.locator('#issued .card a').nth(index).click()]);
  const file = folder.path(started.suggestedFilename());
  await started.saveAs(file);
  return file;
}

/** Returns the contents of the key store. @param {Page} page @returns {Promise<any[]>} */
function storedKeys(page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('cert-reissue');
        request.onerror = reject;
        request.onsuccess = () => {
          const all = request.result.transaction('locked-keys').objectStore('locked-keys').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result);
          };
        };
      }),
  );
}

/** @param {Page} page */
async function keptKeys(page) {
  return (await storedKeys(page)).length;
}

test('the focus moves to the new part, and errors are summarised', async () => {
  const page = await pickUpPage();
  await page.locator('#check').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#problem li').count(), 2);

  await check(page);
  await page.locator('#file').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'summary-heading');
  await page.locator('#field-filePassword').fill('password');
  await page.locator('#pick-up').click();
  await summaryHasFocus(page);
  assert.equal(await page.locator('#problem li').count(), 2);
  await page.locator('#suggest').click();

  await pickUp(page);
  await page.locator('#issued').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'issued-heading');
  await page.locator('#finish').click();
  await summaryHasFocus(page);
  await download(page, 0);
  await page.locator('#finish').click();
  await page.locator('#issued .notice-success').waitFor();
  await page.close();
});

test('openssl opens both files, and no key or password is sent', async () => {
  const page = await pickUpPage();
  /** @type {string[]} */
  const traffic = [];
  page.on('request', (request) => traffic.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`));
  // Type the code in lower case, with long vowel marks instead of hyphens and with full-width digits.
  const typed = certificateCode.toLowerCase().replaceAll('-', 'ー').replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  await check(page, typed);
  await pickUp(page);
  await page.locator('#issued').waitFor();

  const certificate = stub.state.issued?.certificate;
  assert.ok(certificate);
  const [der = new Uint8Array(0)] = fromPem('CERTIFICATE', certificate.certificate);
  await page.getByText(await sha256Fingerprint(der)).waitFor();
  await page.getByText(certificate.serialNumber).waitFor();
  const modern = opened(await download(page, 0), filePassword);
  const compatible = opened(await download(page, 1), filePassword, ['-legacy']);
  assert.match(modern.described, /PBES2, PBKDF2, AES-256-CBC, Iteration 600000/);
  assert.match(compatible.described, /pbeWithSHA1And3-KeyTripleDES-CBC/);
  for (const { matches, certificate: found, chain } of [modern, compatible]) {
    assert.equal(matches, true);
    assert.equal(found, certificate.certificate);
    assert.deepEqual(fromPem('CERTIFICATE', chain), fromPem('CERTIFICATE', certificate.chain));
  }

  assert.equal(await keptKeys(page), 1);
  await page.locator('#finish').click();
  await page.locator('#issued .notice-success').waitFor();
  assert.equal(await keptKeys(page), 0);

  const posts = traffic.filter((each) => each.startsWith('POST'));
  assert.equal(posts.length, 2);
  for (const each of traffic) {
    assert.doesNotMatch(each, /PRIVATE KEY/);
    assert.ok(!each.includes(filePassword), each);
    if (!each.startsWith('POST')) assert.ok(!each.includes(applicationPassword) && !each.includes(certificateCode), each);
  }
  assert.deepEqual(Object.keys(JSON.parse(/\{"certificateCode.*$/.exec(posts[1] ?? '')?.[0] ?? '{}')), [
    'certificateCode',
    'applicationPassword',
    'certificationRequest',
  ]);
  await page.close();
});

test('the same request is sent again after a lost answer and a reload', async () => {
  const page = await pickUpPage();
  /** @type {string[]} */
  const requests = [];
  await page.route('**/api/pickup/certificate', async (route) => {
    requests.push(route.request().postDataJSON().certificationRequest);
    if (requests.length > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await check(page);
  await pickUp(page);
  await summaryHasFocus(page);

  page.once('dialog', (dialog) => dialog.accept());
  await page.reload();
  await page.locator('#notices .notice').waitFor();
  await check(page);
  await page.locator('#file').waitFor();
  await pickUp(page);
  await page.locator('#issued').waitFor();
  assert.equal(requests.length, 2);
  assert.equal(requests[0], requests[1]);
  assert.equal(opened(await download(page, 0), filePassword).certificate, stub.state.issued?.certificate.certificate);
  await page.close();
});

test('the stored key is unusable without the code and the password', async () => {
  const page = await pickUpPage();
  await page.route('**/api/pickup/certificate', (route) => route.abort());
  await check(page);
  await pickUp(page);
  await summaryHasFocus(page);
  const [stored, ...others] = await storedKeys(page);
  assert.deepEqual(others, []);
  const { name, salt, locked, until, ...rest } = stored;
  assert.deepEqual(rest, {});
  assert.deepEqual([name, salt, locked, until].map((value) => typeof value), ['string', 'string', 'string', 'number']);
  const code = certificateCode.replaceAll('-', '');
  /** @param {string} tried @param {string} password */
  const opens = (tried, password) =>
    page.evaluate(
      async ([credentials, { salt, locked }]) => {
        const { decrypted, keyFrom } = await import(/** @type {string} */ ('/js/encryption.js'));
        return decrypted(await keyFrom(credentials, salt), locked);
      },
      /** @type {const} */ ([[tried, password], { salt, locked }]),
    );
  assert.equal(await opens(code, 'another password'), null);
  assert.equal(await opens('another code', applicationPassword), null);
  assert.match((await opens(code, applicationPassword)).request, /BEGIN CERTIFICATE REQUEST/);
  const tab = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  for (const secret of [code, certificateCode, applicationPassword]) assert.ok(!(JSON.stringify(stored) + tab).includes(secret));
  await page.close({ runBeforeUnload: false });
});

test('the stored key is deleted when the code has expired', async () => {
  const page = await pickUpPage();
  page.on('dialog', (dialog) => dialog.accept());
  const expired = problem(410, 'code-expired', '証明書コードの期限が切れています', '新しいコードを依頼してください。', { receiptNumber });
  await page.route('**/api/pickup/certificate', (route) => route.abort());
  await check(page);
  await pickUp(page);
  await summaryHasFocus(page);
  assert.equal(await keptKeys(page), 1);

  // The server reports that the code has expired.
  await page.reload();
  await page.route('**/api/pickup', (route) => route.fulfill({ status: 410, contentType: 'application/problem+json', json: expired.body }));
  await check(page);
  await summaryHasFocus(page);
  assert.equal(await keptKeys(page), 0);

  // The page uses its own clock to detect the expiry.
  await page.unroute('**/api/pickup');
  await check(page);
  await pickUp(page);
  await summaryHasFocus(page);
  assert.equal(await keptKeys(page), 1);
  await page.clock.setFixedTime(Date.parse(NOW) + 25 * 60 * 60_000);
  await page.reload();
  await page.locator('#credentials').waitFor();
  assert.equal(await keptKeys(page), 0);
  assert.equal(await page.locator('#notices .notice').count(), 0);
  await page.close({ runBeforeUnload: false });
});

test('a key that an earlier version stored without encryption is deleted', async () => {
  const page = await openPage(browser, japanese, stub.baseURL);
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('cert-reissue', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('own-keys').add({ request: 'unencrypted' }, 'name');
        request.onerror = reject;
        request.onsuccess = () => resolve(request.result.close());
      }),
  );
  await page.goto('/pick-up.html');
  await page.locator('#credentials').waitFor();
  assert.equal(await keptKeys(page), 0);
  const names = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('cert-reissue');
        request.onsuccess = () => resolve([...request.result.objectStoreNames]);
      }),
  );
  assert.deepEqual(names, ['locked-keys']);
  await page.close();
});

test('leaving the page needs confirmation until a file is saved', async () => {
  const page = await pickUpPage();
  await check(page);
  await pickUp(page);
  await page.locator('#issued').waitFor();
  /** @type {string[]} */
  const dialogs = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type());
    return dialog.accept();
  });
  await page.goto('/help.html');
  assert.deepEqual(dialogs, ['beforeunload']);

  await page.goto('/pick-up.html');
  await check(page);
  await pickUp(page);
  await page.locator('#issued').waitFor();
  await download(page, 1);
  await page.goto('/help.html');
  assert.deepEqual(dialogs, ['beforeunload']);
  await page.close();
});

test('a failed check keeps the code and the password as typed', async () => {
  const page = await pickUpPage();
  await check(page, 'legacy-code');
  await summaryHasFocus(page);
  assert.equal(await page.locator('#field-certificateCode').inputValue(), 'legacy-code');
  assert.equal(await page.locator('#field-applicationPassword').inputValue(), applicationPassword);
  await page.close();
});

test('every refusal is shown with its remedy', async () => {
  const page = await pickUpPage();
  await check(page);
  await page.locator('#file').waitFor();
  const gone = { receiptNumber };
  stub.state.refusals = [
    problem(410, 'code-expired', '証明書コードの期限が切れています', '新しいコードを受付の画面から依頼してください。', gone),
    problem(410, 'application-expired', '取得の期限が過ぎています', '認証局へ新規に申請してください。', gone),
    problem(429, 'code-blocked', 'このコードは使えません', '別の証明書コードの送信を申し込んでください。'),
    problem(503, 'temporarily-unavailable', 'ただいま利用できません', '時間をおいて、もう一度お試しください。'),
  ];
  await pickUp(page);
  await page.locator(`#problem a[href="receipt.html?number=${receiptNumber}"]`).waitFor();
  await page.locator('#pick-up').click();
  await page.locator('#problem a[href="contact.html"]').waitFor();
  await page.locator('#pick-up').click();
  await page.getByText('このコードは使えません').waitFor();
  await page.locator('#pick-up').click();
  await page.locator('#problem button').click();
  await page.locator('#issued').waitFor();
  await page.close();
});

test('a refused key is deleted, and the next try generates another', async () => {
  const page = await pickUpPage();
  /** @type {string[]} */
  const requests = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/certificate')) requests.push(request.postDataJSON().certificationRequest);
  });
  const errors = [{ pointer: '/certificationRequest', code: 'keyCompromised', detail: 'この鍵は漏えいした鍵として知られています。' }];
  stub.state.refusals = [problem(422, 'invalid-fields', '入力内容に誤りがあります', '直してください。', { errors })];
  await check(page);
  await pickUp(page);
  await summaryHasFocus(page);
  await page.getByText('この鍵は漏えいした鍵として知られています。').waitFor();
  await page.locator('#problem button').click();
  await page.locator('#issued').waitFor();
  assert.equal(requests.length, 2);
  assert.notEqual(requests[0], requests[1]);
  await page.close();
});

test('a pick-up with another key is shown with its remedy', async () => {
  const elsewhere = await pickUpPage();
  await check(elsewhere);
  await elsewhere.locator('#file').waitFor();
  const first = await pickUpPage();
  await check(first);
  await pickUp(first);
  await first.locator('#issued').waitFor();
  await first.close({ runBeforeUnload: false });

  await pickUp(elsewhere);
  await elsewhere.locator('#summary-content .notice-warning').waitFor();
  assert.equal(await elsewhere.locator('#file').isVisible(), false);
  assert.equal(await keptKeys(elsewhere), 0);
  await elsewhere.close();

  const later = await pickUpPage();
  await check(later);
  await later.locator('#summary-content .notice-warning').waitFor();
  await later.close();
});

test('a warning says that the pick-up revokes the old certificate', async () => {
  stub.state.revokedByPickUp = true;
  const page = await pickUpPage();
  await check(page);
  await page.locator('#summary-content .notice-warning').waitFor();
  await page.close();
});

test('the receipt shows the events of the application', async () => {
  const page = await openPage(browser, japanese, stub.baseURL);
  await page.goto(`/receipt.html?number=${receiptNumber}`);
  await page.locator('.timeline').waitFor();
  assert.equal(await page.locator('.timeline li').count(), 4);

  await page.locator('#resend').click();
  await page.locator('#notices .notice-success').waitFor();
  assert.equal(stub.state.resent, 1);
  assert.equal(await page.locator('#resend').count(), 0);

  stub.state.receipt = {
    state: 'pickedUp',
    timeline: [{ event: 'accepted', at: '2026-11-23T00:10:00Z' }, { event: 'pickedUp', at: '2026-11-23T00:20:00Z' }],
    resend: { possible: false, reason: 'pickedUp', notBefore: null, remaining: 4 },
    pickUp: { until: '2026-12-23T00:10:00Z', pickedUpAt: '2026-11-23T00:20:00Z', couponNumber: '984940948' },
  };
  await page.reload();
  await page.locator('.timeline').waitFor();
  await page.getByText('984940948').waitFor();
  assert.equal(await page.locator('a[href="pick-up.html"].button').count(), 0);
  await page.close();
});

test('the receipt shows the outcome of the email and its remedy', async () => {
  const page = await openPage(browser, japanese, stub.baseURL);
  /**
   * @param {Partial<import('../../web/js/api.js').Schemas['Receipt']['mail']>} mail
   * @param {'codeDelayed' | 'codeDelivered' | 'codeBounced' | 'codeComplained'} [event]
   */
  const show = async (mail, event) => {
    const { mail: sent, timeline } = receipt();
    const told = event ? [{ event, at: '2026-11-23T00:13:00Z' }] : [];
    stub.state.receipt = { mail: { ...sent, ...mail }, timeline: [...timeline, ...told] };
    await page.goto(`/receipt.html?number=${receiptNumber}`);
    await page.locator('.timeline').waitFor();
    assert.equal(await page.locator('.timeline li').count(), timeline.length + told.length);
  };
  await show({ state: 'waiting' });
  assert.equal(await page.locator('#mail-trouble').count(), 0);
  await show({ state: 'sent' });
  assert.equal(await page.locator('#mail-trouble').count(), 0);
  await show({ state: 'delivered' }, 'codeDelivered');
  assert.equal(await page.locator('#mail-trouble').count(), 0);

  const told = new Set();
  for (const bounce of /** @type {const} */ (['temporaryFailure', 'mailboxFull', 'refused', 'suppressed', 'undeliverable'])) {
    await show({ state: 'bounced', bounce }, 'codeBounced');
    told.add(await page.locator('#mail-trouble p').first().textContent());
    const contact = await page.locator('#mail-trouble a[href="contact.html"]').count();
    assert.equal(contact, bounce === 'refused' || bounce === 'suppressed' ? 1 : 0, bounce);
  }
  for (const [state, event] of /** @type {const} */ ([['delayed', 'codeDelayed'], ['complained', 'codeComplained']])) {
    await show({ state }, event);
    told.add(await page.locator('#mail-trouble p').first().textContent());
  }
  assert.equal(told.size, 7, 'each has words of its own');
  await page.close();
});

test('a refused resend is shown with its reason', async () => {
  const page = await openPage(browser, japanese, stub.baseURL);
  await page.goto(`/receipt.html?number=${receiptNumber}`);
  const refusal = problem(409, 'resend-not-possible', 'まだ送り直せません', '00:25以降にお試しください。', { reason: 'tooSoon' });
  await page.route('**/resend', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', json: refusal.body }),
  );
  await page.locator('#resend').click();
  await summaryHasFocus(page);
  await page.getByText('00:25以降').waitFor();
  await page.close();
});
