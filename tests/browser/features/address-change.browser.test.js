/**
 * Checks that a changed email address requires the password again, that the pages state the hold, and that the registered
 * mailbox can stop the application.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { summaryHasFocus } from '../browser.js';
import { choose, couponOf, freshAccounts, identify, mailTo, pickUpTimingURL, save, submit } from '../stack.js';
import { rules, serverMessage } from '../site.js';
import { feature, textIn, visit } from './feature.js';

// This stack holds codes, and the other stacks do not.
const stack = pickUpTimingURL;

if (stack) {
  feature(
    25,
    'a changed address is held, and the registered mailbox stops the application',
    async ({ page, variant, say }) => {
      const { one } = await freshAccounts(stack);
      const changed = `veri.${one.emailAddress}`;
      await identify(page, one);
      await choose(page, couponOf(one));
      await page.locator('#field-emailAddress').fill(changed);
      await save(page);
      await page.getByText(say('review.holdMinutes', { address: changed, count: 45 })).waitFor();
      await page.locator('#submit').click();
      await summaryHasFocus(page);
      await page.locator('#field-applicationPassword').fill('wrong password');
      await page.locator('#submit').click();
      const label = rules.fields.applicationPassword?.label[variant.language] ?? '';
      const wrong = serverMessage(variant.language, 'WrongPassword').replaceAll('{label}', label);
      await page.locator('#error-applicationPassword', { hasText: wrong }).waitFor();
      await page.locator('#field-applicationPassword').fill(one.applicationPassword);
      const number = await submit(page);
      const heldEnd = say('receipt.mailHeld', { until: '|', address: '|', time: '|' }).split('|').at(-1) ?? '';
      assert.ok((await textIn(page, 'main')).includes(heldEnd), heldEnd);
      assert.equal(await page.locator('#resend').count(), 0);

      const { text } = await mailTo(page, one.emailAddress);
      const [link = ''] = /http:\S+stop\.html#code=\S+/.exec(text) ?? [];
      await visit(
        variant,
        async ({ page: mailbox }) => {
          await mailbox.goto(link);
          await mailbox.getByRole('heading', { name: say('stop.heading') }).waitFor();
          assert.equal(new URL(mailbox.url()).hash, '', 'the code does not stay in the address');
          const shown = await textIn(mailbox, 'main');
          assert.ok(shown.includes(number) && shown.includes('v***@') && !shown.includes(changed), shown);
          await mailbox.locator('#confirm').click();
          await mailbox.getByRole('heading', { name: say('stop.stoppedHeading') }).waitFor();
          assert.equal(await mailbox.locator('#confirm').isVisible(), false);
        },
        stack,
      );

      await page.getByRole('button', { name: say('receipt.refresh') }).click();
      await page.locator('#ending', { hasText: say('receipt.ending.stopped') }).waitFor();
      await page.locator('.timeline li', { hasText: say('receipt.event.stopped') }).waitFor();
      assert.equal(await page.locator('a[href="pick-up.html"].button').count(), 0);
    },
    { stack },
  );
} else {
  test('feature 25: PICKUP_TIMING_URL names a stack that holds codes', () => assert.fail('it is not set'));
}
