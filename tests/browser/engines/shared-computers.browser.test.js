/** Checks in Firefox and WebKit that a draft survives a reload, and that the history shows no data after a sign-out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { baseURL, couponOf, freshAccounts } from '../stack.js';
import { firefox, webkit } from './engines.js';
import { chooseCertificate, identify } from './wizard.js';

const BUILDING = '内緒ビル65F';

for (const [name, launch] of /** @type {const} */ ([['Firefox', firefox], ['WebKit', webkit]])) {
  test(`${name}: a reload restores a draft, and a sign-out deletes it`, async () => {
    const { one } = await freshAccounts();
    const { driver, close } = await launch();
    try {
      await identify(driver, baseURL, one);
      await chooseCertificate(driver, couponOf(one));
      await driver.fill('#field-building', BUILDING);
      await driver.until('the draft', () => sessionStorage.getItem('cert-reissue.drafts') !== null);
      await driver.goTo(`${baseURL}/application.html`);
      await driver.isVisible('#application');
      const restored = (/** @type {string} */ wanted) =>
        /** @type {HTMLInputElement} */ (document.querySelector('#field-building')).value === wanted;
      await driver.until('the restored draft', restored, BUILDING);

      await driver.run(() => /** @type {HTMLElement} */ (document.querySelector('header button')).click());
      await driver.isAt('index.html', '#identity');
      for (let page = 0; page < 3; page += 1) {
        await driver.goBack();
        await driver.isAt('index.html', '#identity');
        const shown = await driver.run(() => {
          const controls = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input, select'))];
          const values = controls.map(({ value }) => value);
          return JSON.stringify([document.documentElement.outerHTML, values, { ...sessionStorage }, { ...localStorage }]);
        });
        for (const value of [BUILDING, one.emailAddress, one.applicationPassword]) assert.ok(!shown.includes(value), value);
      }
    } finally {
      await close();
    }
  });
}
