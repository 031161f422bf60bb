import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';

import { inspect, launchHeadlessShell, variants } from './browser.js';
import { openssl, temporaryFolder } from './pki.js';
import { baseURL, newPage } from './stack.js';

/**
 * @typedef {import('./browser.js').Page} Page
 * @typedef {import('./browser.js').Variant} Variant
 */

/** @type {import('./browser.js').Browser} */
let browser;
const folder = temporaryFolder();

before(async () => {
  browser = await launchHeadlessShell();
});
after(async () => {
  await browser.close();
  folder.remove();
});

const [japanese, , english] = /** @type {[Variant, Variant, Variant]} */ (variants);
const SITE_PAGES = ['help', 'browsers', 'contact', 'terms', 'privacy', 'repository', 'policies'];
const LINES = 9;

for (const variant of variants) {
  const { language, width } = variant;
  test(`the site pages are accessible in ${language} at ${width} px`, async () => {
    const page = await newPage(browser, variant);
    await page.locator('#identity').waitFor();
    await targetsAreLargeEnough(page, 'index');
    for (const name of SITE_PAGES) {
      await page.goto(`/${name}.html`);
      await page.locator('.site-footer a').first().waitFor();
      if (name === 'repository') await page.locator('#crl-facts dd').first().waitFor();
      if (name === 'browsers') await page.locator('#outcome.notice').waitFor();
      await inspect(page, name, variant);
      await targetsAreLargeEnough(page, name);
    }
    await page.close();
  });
}

/**
 * Asserts the minimum size of targets outside of sentences (WCAG 2.2 section 2.5.8).
 *
 * @param {Page} page
 * @param {string} name
 */
async function targetsAreLargeEnough(page, name) {
  const small = await page.evaluate(() => {
    const targets = document.querySelectorAll('header a, footer a, button, input, select, summary, main p > a:only-child');
    return [...targets]
      .filter((target) => target instanceof HTMLElement && target.offsetParent !== null)
      .filter((target) => target.parentElement?.textContent === target.textContent || target.matches('button, input, select'))
      .map((target) => ({ html: target.outerHTML, box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ html }) => html);
  });
  assert.deepEqual(small, [], name);
}

/** Returns the terms and descriptions of a description list. @param {Page} page @param {string} place */
async function facts(page, place) {
  await page.locator(`${place} dd`).first().waitFor();
  const terms = await page.locator(`${place} dt`).allTextContents();
  const descriptions = await page.locator(`${place} dd`).allTextContents();
  return Object.fromEntries(terms.map((term, index) => [term, descriptions[index]]));
}

/** @param {string} path */
async function published(path) {
  const answer = await fetch(new URL(path, baseURL));
  return Buffer.from(await answer.arrayBuffer());
}

test('the repository reads two parts of the CRL and agrees with openssl', async () => {
  const page = await newPage(browser, english);
  /** @type {string[]} */
  const ranges = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.crl')) ranges.push(request.headers().range ?? 'all of it');
  });
  /** @type {Awaited<ReturnType<typeof facts>>} */
  let shown;
  /** @type {Awaited<ReturnType<typeof published>>} */
  let list;
  // Other tests revoke certificates at the same time. The test therefore repeats until the CRL is the same before and
  // after the page reads it.
  do {
    ranges.length = 0;
    list = await published('/crl/complete.crl');
    await page.goto('/repository.html');
    shown = await facts(page, '#crl-facts');
  } while (!list.equals(await published('/crl/complete.crl')));
  const times = await page.locator('#crl-facts time').evaluateAll((nodes) => nodes.map((node) => node.getAttribute('datetime')));

  const file = folder.write('complete.crl', list);
  const asked = openssl(['crl', '-inform', 'DER', '-in', file, '-noout', '-crlnumber', '-lastupdate', '-nextupdate']);
  const said = Object.fromEntries(asked.trim().split('\n').map((line) => line.split('=')));
  assert.equal(Number(shown['CRL number']), Number(said.crlNumber));
  assert.deepEqual(times.map((time) => new Date(String(time))), [new Date(said.lastUpdate), new Date(said.nextUpdate)]);
  const [, size = '', unit = ''] = /^([\d.,]+) (bytes|kilobytes)$/.exec(shown.Size ?? '') ?? [];
  assert.ok(Math.abs(Number(size.replace(',', '')) * (unit === 'bytes' ? 1 : 1000) - list.length) <= 50, shown.Size);
  assert.ok(ranges.length <= 2 && ranges.every((range) => /^bytes=\d+-\d+$/.test(range)), ranges.join());
  await page.close();
});

test('the repository shows the CA certificate and offers it in PEM', async () => {
  const page = await newPage(browser, english);
  await page.goto('/repository.html');
  const shown = await facts(page, '#ca-facts');
  const authority = new X509Certificate(await published('/ca.cer'));
  assert.equal(shown['SHA-256 fingerprint']?.toUpperCase(), authority.fingerprint256);
  assert.equal(shown.Subject, authority.subject.split('\n').reverse().join(', '));
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CA certificate (PEM, ca.pem)' }).click();
  const saved = await download;
  assert.equal(saved.suggestedFilename(), 'ca.pem');
  await saved.saveAs(folder.path('ca.pem'));
  const fingerprint = openssl(['x509', '-in', folder.path('ca.pem'), '-noout', '-fingerprint', '-sha256']);
  assert.equal(fingerprint.trim().split('=')[1], authority.fingerprint256);
  await page.close();
});

test('the repository has links even if no file can be read', async () => {
  const page = await newPage(browser, japanese);
  await page.goto('/repository.html');
  assert.ok('CRL番号' in (await facts(page, '#crl-facts')));
  await page.locator('a[hreflang=en]').click();
  assert.ok('CRL number' in (await facts(page, '#crl-facts')));

  // Simulate a server that ignores the range and sends the whole CRL.
  await page.route('**/complete.crl', (route) => route.fulfill({ status: 200, body: Buffer.alloc(4096) }));
  await page.route('**/ca.cer', (route) => route.abort());
  await page.reload();
  await page.locator('#crl-facts .hint').waitFor();
  await page.locator('#ca-facts .hint').waitFor();
  assert.equal(await page.locator('#problem').textContent(), '');
  await page.getByRole('link', { name: /complete\.crl/ }).waitFor();
  await page.getByRole('link', { name: /ca\.cer/ }).waitFor();
  await page.close();
});

test('the browser check passes in this browser and leaves no data', async () => {
  const page = await newPage(browser, japanese);
  await page.goto('/browsers.html');
  await page.locator('#outcome.notice-success').waitFor();
  assert.equal(await page.locator('[data-result=works]').count(), LINES);
  assert.equal(await page.locator('.check-remedy:visible').count(), 0);
  assert.equal(await page.getByRole('status').filter({ hasText: 'このブラウザで' }).count(), 1);
  const left = await page.evaluate(async () => [document.cookie, sessionStorage.length, (await indexedDB.databases()).length]);
  assert.deepEqual(left, ['', 0, 0]);
  await page.close();
});

/** For each line, code that removes the checked feature from the browser. @type {Record<string, () => void>} */
const losses = {
  secure: () => Object.defineProperty(window, 'isSecureContext', { value: false }),
  network: () => Object.defineProperty(window, 'AbortController', { value: undefined }),
  cookies: () => Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} }),
  storage: () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('no storage', 'QuotaExceededError');
    };
  },
  dialogs: () => Reflect.deleteProperty(HTMLDialogElement.prototype, 'showModal'),
  keys: () => {
    SubtleCrypto.prototype.exportKey = () => Promise.reject(new Error('not allowed'));
  },
  database: () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('private window', 'InvalidStateError');
    };
  },
  downloads: () => Object.defineProperty(URL, 'createObjectURL', { value: undefined }),
};

for (const [line, lose] of Object.entries(losses)) {
  test(`the browser check reports what is missing: ${line}`, async () => {
    const page = await newPage(browser, english);
    await page.addInitScript(lose);
    await page.goto('/browsers.html');
    await page.locator('#outcome.notice-error').waitFor();
    const missing = page.locator('[data-result=missing]');
    assert.deepEqual(await missing.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-check'))), [line]);
    assert.ok(await missing.locator('.check-remedy').isVisible());
    assert.match(await missing.innerText(), line === 'cookies' ? /Not kept/ : /Missing/);
    await page.close();
  });
}

test('the browser check works without modules and without answers', async () => {
  const page = await newPage(browser, japanese);
  await page.route('**/js/shell.js', (route) => route.abort());
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => /** @type {IDBOpenDBRequest} */ ({});
  });
  await page.clock.install();
  await page.goto('/browsers.html');
  await page.locator('[data-result]').nth(LINES - 2).waitFor();
  assert.equal(await page.locator('#outcome').textContent(), '');
  await page.clock.runFor(10_000);
  await page.locator('#outcome.notice-error').waitFor();
  const missing = page.locator('[data-result=missing]');
  const names = await missing.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-check')));
  assert.deepEqual(names, ['modules', 'database']);
  await page.close();
});

test('pages run no HTML strings and share nothing with other sites', async () => {
  const page = await newPage(browser, english);
  const answer = await page.goto('/index.html');
  const found = await page.evaluate(async () => {
    const thrown = (/** @type {() => void} */ act) => {
      try {
        act();
        return 'nothing';
      } catch (error) {
        return /** @type {Error} */ (error).name;
      }
    };
    const { trustedTypes } = /** @type {any} */ (window);
    return {
      html: thrown(() => (document.createElement('div').innerHTML = '<b>text</b>')),
      script: thrown(() => (document.createElement('script').src = '/js/shell.js')),
      policy: thrown(() => trustedTypes.createPolicy('any', {})),
      location: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(() => resolve('found'), ({ code }) => resolve(code)),
      ),
    };
  });
  // GeolocationPositionError.PERMISSION_DENIED is 1.
  assert.deepEqual(found, { html: 'TypeError', script: 'TypeError', policy: 'TypeError', location: 1 });
  assert.equal(answer?.headers()['cross-origin-opener-policy'], 'same-origin');
  await page.close();
});

test('a browser without modules gets a message with a link', async () => {
  const page = await newPage(browser, japanese);
  await page.route('**/js/pages/index.js', (route) => route.abort());
  await page.route('**/index.html', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('<script nomodule ', '<script ') });
  });
  await page.goto('/index.html');
  await page.locator('.notice-error').getByRole('link', { name: '対応ブラウザ' }).click();
  await page.waitForURL('**/browsers.html');
  await page.close();
});

for (const variant of [japanese, english]) {
  test(`the help for a credential opens beside its field (${variant.language})`, async () => {
    const page = await newPage(browser, variant);
    for (const [name, anchors] of /** @type {const} */ ([
      ['index', ['application-password', 'certificate-code']],
      ['pick-up', ['new-certificate-code', 'application-password']],
    ])) {
      await page.goto(`/${name}.html`);
      for (const anchor of anchors) {
        const help = page.locator('details').filter({ has: page.locator(`a[href$="#${anchor}"]`) });
        // `press` does not wait for the form, and a hidden element cannot receive focus.
        await help.locator('summary').waitFor();
        assert.equal(await help.locator('p').first().isVisible(), false);
        await help.locator('summary').press('Enter');
        assert.ok(await help.locator('p').first().isVisible());
        const [opened] = await Promise.all([page.waitForEvent('popup'), help.getByRole('link').click()]);
        await opened.locator(`#${anchor}`).waitFor();
        await opened.close();
      }
      await inspect(page, `${name}-help-open`, variant);
    }
    await page.close();
  });
}
