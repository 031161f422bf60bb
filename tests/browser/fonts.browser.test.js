/** Checks that the browser uses only the fonts in fonts.conf, even if other fonts are installed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, launchHeadlessShell } from './browser.js';
import { serveSite } from './static-site.js';

/** @typedef {import('./browser.js').Page} Page */

/** Text in generic font families, in other fonts, and in scripts that the two font files do not support. */
const PROBES = `
  <p style="font-family: sans-serif">再発行申請 Reissue 0O1lI</p>
  <p style="font-family: serif">再発行申請 Reissue 0O1lI</p>
  <p style="font-family: monospace">XXXX-XXXX 証明書コード</p>
  <p style="font-family: system-ui">再発行申請 Reissue</p>
  <p style="font-family: 'Noto Sans Mono', 'IPAGothic', 'DejaVu Sans', 'Liberation Sans'">再発行申請 Reissue</p>
  <p lang="zh">再发行</p><p lang="ko">재발행</p><p>שלום ภาษาไทย Ω Ж</p>`;

/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;
before(async () => {
  site = await serveSite();
});
after(() => site.stop());

for (const [name, launchProgram] of Object.entries({ chromium: launch, 'chromium-headless-shell': launchHeadlessShell })) {
  test(`${name} uses exactly the two font families of the tests`, { timeout: 60_000 }, async () => {
    const browser = await launchProgram();
    try {
      const page = await browser.newPage({ baseURL: site.baseURL });
      await page.goto('/style-guide.html');
      const families = await familiesIn(page);
      // The content security policy of the pages forbids HTML in strings.
      await page.goto('about:blank');
      await page.setContent(PROBES);
      assert.deepEqual([...new Set([...families, ...(await familiesIn(page))])].sort(), ['Noto Sans CJK JP', 'Noto Sans Mono CJK JP']);
    } finally {
      await browser.close();
    }
  });
}

/** Returns the font families in which the browser renders the page's text. @param {Page} page */
async function familiesIn(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('DOM.enable');
  await devtools.send('CSS.enable');
  const { root } = await devtools.send('DOM.getDocument');
  const { nodeIds } = await devtools.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'body *' });
  /** @type {Set<string>} */
  const families = new Set();
  for (const nodeId of nodeIds) {
    const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId });
    for (const { familyName } of fonts) families.add(familyName);
  }
  return [...families];
}
