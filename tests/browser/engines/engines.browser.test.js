/** Completes the wizard and the pick-up in Firefox and WebKit, in Japanese. Checks that openssl can open the saved file. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { opened } from '../pki.js';
import { catalogue } from '../site.js';
import { baseURL, codeIn, couponOf, freshAccounts, mailAt, secondIsOver } from '../stack.js';
import { firefox, webkit } from './engines.js';
import { chooseCertificate, enterCredentials, identify } from './wizard.js';

const { texts } = await catalogue();

const FILE_PASSWORD = 'Xk7!pQ2#mZ9$vW';

for (const [name, launch] of /** @type {const} */ ([['Firefox', firefox], ['WebKit', webkit]])) {
  describe(name, () => {
    /** @type {import('./engines.js').Engine} */
    let engine;
    /** @type {import('../stack.js').Account} */
    let account;
    /** Results of one test that later tests need. */
    const found = { receiptNumber: '', correctedAddress: '' };

    before(async () => {
      engine = await launch();
      account = (await freshAccounts()).one;
    });
    after(() => engine?.close());

    test(`${name}: the wizard leads from step 1 to the receipt`, async () => {
      const { driver } = engine;
      await identify(driver, baseURL, account);
      await chooseCertificate(driver, couponOf(account));
      await driver.fill('#field-building', '見本ﾋﾞﾙ１４Ｆ');
      await driver.click('#next');
      await driver.isAt('review.html', '#submission');
      await driver.shows('見本ビル14F');
      await driver.click('#submit');
      await driver.isAt('receipt.html', '.timeline');
      await driver.shows(String(texts.ja['receipt.event.revoked']));
      found.receiptNumber = await driver.text('.receipt-number');
      assert.match(found.receiptNumber, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
    });

    test(`${name}: the address can be corrected after an identity check`, async () => {
      const { driver } = engine;
      assert.notEqual(found.receiptNumber, '', 'there is no receipt');
      const { sentAt } = await mailAt(baseURL, account.emailAddress);
      await driver.click(`a[href="correct-address.html?number=${found.receiptNumber}"]`);
      await driver.isAt('correct-address.html', '#content a');
      await driver.click('#content a[href*="identity-check-required"]');
      await driver.isAt('index.html', '#identity');
      await secondIsOver(sentAt);
      await enterCredentials(driver, account);
      await driver.isAt('correct-address.html', '#correction');
      const corrected = `corrected.${account.emailAddress}`;
      await driver.fill('#field-emailAddress', corrected);
      await driver.fill('#field-applicationPassword', account.applicationPassword);
      await driver.click('#correct');
      await driver.isAt('receipt.html', '.timeline');
      await driver.shows(String(texts.ja['from.address-corrected']));
      found.correctedAddress = corrected;
    });

    test(`${name}: openssl opens both files of the pick-up`, async () => {
      const { driver } = engine;
      assert.notEqual(found.correctedAddress, '', 'there is no corrected address');
      const { text } = await mailAt(baseURL, found.correctedAddress);
      await driver.goTo(`${baseURL}/pick-up.html`);
      await driver.fill('#field-certificateCode', codeIn(text));
      await driver.fill('#field-applicationPassword', account.applicationPassword);
      await driver.click('#check');
      await driver.fill('#field-filePassword', FILE_PASSWORD);
      await driver.click('#field-written');
      await driver.click('#pick-up');
      await driver.isVisible('#issued .card a');
      const modern = await engine.save('#issued li:first-of-type a');
      const compatible = await engine.save('#issued li:last-of-type a');
      assert.notEqual(modern, compatible);
      const { certificate, matches } = opened(modern, FILE_PASSWORD);
      assert.ok(matches);
      assert.deepEqual(opened(compatible, FILE_PASSWORD, ['-legacy']).certificate, certificate);
      await driver.click('#finish');
      await driver.isVisible('#issued .notice-success');
    });
  });
}
