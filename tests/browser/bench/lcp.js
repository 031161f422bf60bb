/**
 * Measures the Largest Contentful Paint of step 1 on a slow connection and a slow device. For comparison, also measures
 * a page that contains only the heading and one style sheet.
 *
 *     npm run bench
 *
 * Like CloudFront, the server compresses both pages and uses HTTP/2. Each visit starts with an empty cache.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';

import { launch } from '../browser.js';
import { openssl, temporaryFolder } from '../pki.js';
import { web } from '../site.js';

const VISITS = 15;

/**
 * Lighthouse's settings for slow 4G and a mid-range phone. Throughput is in octets per second, latency in milliseconds.
 */
const CONNECTION = { offline: false, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, latency: 150 };
const TIMES_SLOWER = 4;

const FLOOR = `<!DOCTYPE html>
<html lang="ja">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>利用者確認</title>
    <link rel="icon" href="favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="css/layout.css">
  </head>
  <body><main><h1>利用者確認</h1></main></body>
</html>
`;

/** @type {Record<string, string>} */
const MEDIA_TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };

const browser = await launch();
const server = await serve();
try {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `https://127.0.0.1:${port}`;
  /** @type {{ floor: number[], step1: number[], form: number[] }} */
  const times = { floor: [], step1: [], form: [] };
  for (let visits = 0; visits < VISITS; visits++) {
    times.floor.push((await visit(`${origin}/floor.html`, 'h1')).paint);
    const { paint, ready } = await visit(`${origin}/index.html`, '#identity');
    times.step1.push(paint);
    times.form.push(ready);
  }
  const [floor, step1, form] = [median(times.floor), median(times.step1), median(times.form)];
  console.log(`largest contentful paint, median of ${VISITS} first visits at 1.6 Mbit/s, 150 ms, CPU ÷ ${TIMES_SLOWER}:`);
  console.log(`  floor   ${Math.round(floor)} ms`);
  console.log(`  step 1  ${Math.round(step1)} ms, ${(step1 / floor).toFixed(2)} times the floor; its form after ${Math.round(form)} ms`);
} finally {
  await browser.close();
  server.close();
}

/** @param {string} address @param {string} awaited a selector that matches when the page is usable */
async function visit(address, awaited) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', CONNECTION);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: TIMES_SLOWER });
  await page.addInitScript(() => {
    const seen = Object.assign(window, { largest: 0 });
    new PerformanceObserver((list) => {
      for (const { startTime } of list.getEntries()) seen.largest = startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await page.goto(address);
  const ready = await page.evaluate(
    (selector) =>
      new Promise((resolve) => {
        const look = () => {
          const node = document.querySelector(selector);
          if (node?.checkVisibility()) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
          else requestAnimationFrame(look);
        };
        look();
      }),
    awaited,
  );
  const paint = await page.evaluate(() => /** @type {Window & { largest?: number }} */ (window).largest ?? 0);
  await context.close();
  if (paint === 0) throw new Error(`nothing was painted at ${address}`);
  return { paint, ready };
}

/** Serves the site over HTTP/2, with a certificate that is generated for each run. */
async function serve() {
  const folder = temporaryFolder();
  const [key, certificate] = [folder.path('key.pem'), folder.path('certificate.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', key];
  openssl(['req', '-x509', ...newKey, '-out', certificate, '-subj', '/CN=127.0.0.1', '-days', '1']);
  const started = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const { pathname } = new URL(request.url, 'https://site');
    try {
      const content = pathname === '/floor.html' ? FLOOR : readFileSync(new URL(`.${pathname}`, web));
      const type = `${MEDIA_TYPES[extname(pathname)]}; charset=utf-8`;
      response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(gzipSync(content));
    } catch {
      response.writeHead(404).end();
    }
  });
  folder.remove();
  await once(started.listen(0, '127.0.0.1'), 'listening');
  return started;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}
