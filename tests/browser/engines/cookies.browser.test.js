/**
 * Checks the session cookie in each browser engine: the cookie has the correct attributes, and a page reports a missing
 * cookie.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { catalogue } from '../site.js';
import { baseURL, freshAccounts } from '../stack.js';
import { firefox, webkit } from './engines.js';
import { enterCredentials, identify } from './wizard.js';

const { texts } = await catalogue();

/** @type {[string, import('./engines.js').Launch][]} */
const engines = [['Firefox', firefox], ['WebKit', webkit]];

/**
 * The URL of a stack that serves HTTPS. The browsers accept any certificate. Node.js verifies the certificate when the
 * tests request accounts.
 */
const httpsURL = process.env.HTTPS_URL;
if (!httpsURL) throw new Error('HTTPS_URL must name a running stack that was started with --https');

/**
 * Most browsers store `__Host-` cookies only over HTTPS. Some browsers also store these cookies over plain HTTP on
 * loopback.
 */
const connections = [
  { over: 'HTTP', stack: baseURL, cookie: { name: 'local-session', secure: false } },
  { over: 'HTTPS', stack: httpsURL, cookie: { name: '__Host-session', secure: true } },
];

for (const [name, launch] of engines) {
  test(`${name}: step 1 without cookies ends with a message and a remedy`, async () => {
    const { one } = await freshAccounts();
    await using(launch({ keepsCookies: false }), async (driver) => {
      await driver.goTo(`${baseURL}/index.html?lang=ja`);
      await enterCredentials(driver, one);
      await driver.isAt('certificates.html', '#problem [role=alert]');
      const message = await driver.text('#problem');
      for (const key of ['cookie.heading', 'cookie.notKept', 'cookie.remedy']) {
        assert.ok(message.includes(String(texts.ja[key])), message);
      }
      await driver.click('#problem a[href="browsers.html"]');
      await driver.isAt('browsers.html', '#outcome.notice-error');
      assert.match(await driver.text('[data-check=cookies]'), /保存されません/);
    });
  });

  test(`${name}: browsers.html reports a kept cookie over HTTP and HTTPS`, async () => {
    await using(launch(), async (driver) => {
      for (const stack of [baseURL, httpsURL]) {
        await driver.goTo(`${stack}/browsers.html?lang=ja`);
        await driver.isVisible('#outcome.notice-success');
        assert.match(await driver.text('[data-check=cookies]'), /保存されます/);
        assert.deepEqual(await driver.cookies(), []);
      }
    });
  });

  for (const { over, stack, cookie } of connections) {
    test(`${name}: ${cookie.name} over ${over} is HttpOnly and SameSite`, async () => {
      const { one } = await freshAccounts(stack);
      await using(launch(), async (driver) => {
        await identify(driver, stack, one);
        assert.deepEqual(await attributesOfCookies(driver), [{ ...cookie, path: '/', httpOnly: true, sameSite: 'Strict' }]);
        assert.equal(await driver.run(() => document.cookie), '');
        assert.equal(await driver.run(() => location.search), '');
      });
    });
  }
}

/**
 * @param {Promise<import('./engines.js').Engine>} launched
 * @param {(driver: import('./webdriver.js').WebDriver) => Promise<void>} check
 */
async function using(launched, check) {
  const engine = await launched;
  try {
    await check(engine.driver);
  } finally {
    await engine.close();
  }
}

/** @param {import('./webdriver.js').WebDriver} driver */
async function attributesOfCookies(driver) {
  const cookies = await driver.cookies();
  return cookies.map(({ name, path, secure, httpOnly, sameSite }) => ({ name, path, secure, httpOnly, sameSite }));
}
