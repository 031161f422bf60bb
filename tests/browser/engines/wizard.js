/** Completes the steps of the wizard with the WebDriver client. stack.js does the same with Playwright. */

/**
 * @typedef {import('./webdriver.js').WebDriver} WebDriver
 * @typedef {import('../stack.js').Account} Account
 */

/**
 * Completes step 1 and waits for step 2.
 *
 * @param {WebDriver} driver
 * @param {string} stack its address
 * @param {Account} account
 */
export async function identify(driver, stack, account) {
  await driver.goTo(`${stack}/index.html?lang=ja`);
  await enterCredentials(driver, account);
  await driver.isAt('certificates.html', '.result-count');
}

/** @param {WebDriver} driver @param {Account} account */
export async function enterCredentials(driver, account) {
  await driver.fill('#field-emailAddress', account.emailAddress);
  await driver.fill('#field-applicationPassword', account.applicationPassword);
  await driver.fill('#field-certificateCode', account.certificateCode);
  await driver.click('#submit');
}

/** Completes steps 2 and 3. @param {WebDriver} driver @param {string} couponNumber */
export async function chooseCertificate(driver, couponNumber) {
  await driver.click(`a[href="certificate.html?coupon=${couponNumber}"]`);
  await driver.isAt('certificate.html', '#acknowledgement');
  await driver.click('#field-acknowledged');
  await driver.click('#next');
  await driver.isAt('application.html', '#application');
}
