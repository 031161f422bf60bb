/**
 * Updates the shared frame in all pages, web/*.html. The frame consists of the head, the notice for browsers without
 * JavaScript, and the elements around the content. The files are served unchanged, so each file contains the whole
 * frame.
 *
 * Page-specific elements are read from the file and preserved. These elements are the heading (which determines the
 * title), additional style sheets, scripts, instructions for search engines, the name in `data-page`, and the content.
 */
import { writeFileSync } from 'node:fs';

import { pages, reachedFrom, web } from './site.js';

/** The pages that other sites and emails link to. Each of these pages shows a message if the browser is too old. */
const ARRIVALS = ['index.html', 'pick-up.html', 'stop.html'];

/** The page that most people visit first. Only this page preloads all its modules. */
const PRELOADING = 'index.html';

/**
 * The text at the end of every title. A script replaces this text with the service name, which is a deployment setting.
 */
const SUBJECT = '電子証明書の再発行';

const METADATA = [
  '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  '<meta name="referrer" content="no-referrer">',
  '<meta name="color-scheme" content="light dark">',
];

const ICON = '<link rel="icon" href="favicon.svg" type="image/svg+xml">';

const STYLE_SHEETS = ['tokens', 'layout', 'components', 'lists'].map((name) => `<link rel="stylesheet" href="css/${name}.css">`);

const PRINT_STYLE_SHEET = '<link rel="stylesheet" href="css/print.css" media="print">';

const OLD_BROWSER = '<script nomodule src="js/old-browser.js"></script>';

/** The notice for a page whose script creates the content. */
const NEEDS_SCRIPT = `\
        <div class="notice notice-error noscript">
          <p>この手続きには JavaScript が必要です。ブラウザの設定で JavaScript を有効にして、このページを読み込み直してください。</p>
          <p lang="en">This procedure needs JavaScript. Please turn it on in your browser and reload this page.</p>
        </div>`;

/** The notice for a page whose HTML contains the text. Scripts add only the header and the footer. */
const READS_WITHOUT_SCRIPT = `\
        <p class="notice notice-information noscript"><a href="index.html">再発行の手続きの最初の画面へ</a></p>`;

/** Returns a page with the current frame. @param {{ name: string, html: string }} page */
export function framed({ name, html }) {
  const { bodyTag, heading, content } = bodyParts(name, html);
  const own = ownHeadLines(html);
  const ownStarting = (/** @type {string} */ start) => own.filter((line) => line.startsWith(start));
  const scripts = ownStarting('<script');
  const head = [
    ...METADATA,
    ...ownStarting('<meta name="robots"'),
    `<title>${heading.replace(/<[^>]+>/g, '')} | ${SUBJECT}</title>`,
    ICON,
    ...STYLE_SHEETS,
    ...ownStarting('<link rel="stylesheet"'),
    PRINT_STYLE_SHEET,
    ...scripts,
    ...(ARRIVALS.includes(name) ? [OLD_BROWSER] : []),
    ...(name === PRELOADING ? preloads(scripts) : []),
  ];
  return `<!DOCTYPE html>
<html lang="ja">
  <head>
${head.map((line) => `    ${line}`).join('\n')}
  </head>
  ${bodyTag}
    <main id="main" tabindex="-1">
      <h1 id="page-title">${heading}</h1>
      <noscript>
${html.includes('class="in-ja"') ? READS_WITHOUT_SCRIPT : NEEDS_SCRIPT}
      </noscript>
${content}    </main>
  </body>
</html>
`;
}

/** @param {string} name @param {string} html */
function bodyParts(name, html) {
  const parts = /(<body.*>)\n[\s\S]*<h1 id="page-title">(.*)<\/h1>[\s\S]*?<\/noscript>\n([\s\S]*?) *<\/main>/.exec(html);
  const [, bodyTag, heading, content] = parts ?? [];
  if (!bodyTag || !heading || content === undefined) throw new Error(`${name} has no body, heading, noscript or main`);
  return { bodyTag, heading, content };
}

/** Returns the lines of the head that are not part of the frame. @param {string} html */
function ownHeadLines(html) {
  const frame = [...METADATA, ICON, ...STYLE_SHEETS, PRINT_STYLE_SHEET, OLD_BROWSER];
  const lines = (/<head>\n([\s\S]*?) *<\/head>/.exec(html)?.[1] ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line && !frame.includes(line) && !/^<(title|link rel="modulepreload")/.test(line));
}

/** @param {string[]} scripts of a page */
function preloads(scripts) {
  const entry = /src="js\/([^"]+)"/.exec(scripts[0] ?? '')?.[1] ?? '';
  const needed = [...reachedFrom(entry)].filter((module) => module !== entry).sort();
  return needed.map((module) => `<link rel="modulepreload" href="js/${module}">`);
}

if (import.meta.url === new URL(process.argv[1] ?? '', 'file:').href) {
  for (const page of pages()) writeFileSync(new URL(page.name, web), framed(page));
}
