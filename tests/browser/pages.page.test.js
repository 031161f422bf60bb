import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { framed } from './page-frame.js';
import { catalogue, importsOf, languages, modules, pages, reachedFrom, web } from './site.js';

const texts = (await catalogue()).texts.ja;
/** All languages except the language of the HTML files. */
const otherLanguages = languages.filter((language) => language !== 'ja');
const wizard = ['index', 'certificates', 'certificate', 'application', 'review', 'receipt'];

for (const { name, html } of pages()) {
  test(`${name} has the frame of all pages (npm run pages)`, () => {
    assert.equal(html, framed({ name, html }));
  });

  const page = name.replace('.html', '');

  test(`${name} has no inline code and no resources of other sites`, () => {
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/i);
    assert.doesNotMatch(html, /(?:src|href|action)="(?:[a-z]+:)?\/\//i);
  });

  test(`${name} has the Japanese texts of the catalogue without scripts`, () => {
    const step = wizard.indexOf(page) + 1;
    const place = step ? `ステップ ${step}/6：` : '';
    const title = texts[`title.${page}`];
    assert.equal(/<h1 [^>]*>(.*)<\/h1>/.exec(html)?.[1]?.replace(/<[^>]+>/g, ''), `${place}${title}`);
    for (const [, key, text] of html.matchAll(/data-i18n="([^"]+)"[^>]*>([^<]*)</g)) {
      if (text) assert.equal(text, texts[String(key)]);
    }
  });

  test(`${name} has unique ids, and links with targets`, () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const [, target] of html.matchAll(/(?:href|src)="([^"/][^"]*)"/g)) {
      const [file, anchor] = String(target).split('#');
      assert.ok(existsSync(new URL(String(file), web)), String(target));
      const linked = pages().find((each) => each.name === file);
      if (anchor) assert.ok(linked?.html.includes(`id="${anchor}"`), String(target));
    }
  });

  test(`${name} has each text in every language`, () => {
    const texts = (/** @type {string} */ attributes) => html.split(`${attributes}>`).length;
    for (const language of otherLanguages) {
      assert.equal(texts(`class="in-${language}" lang="${language}"`), texts('class="in-ja"'), language);
    }
  });
}

test('the notices of the page frame are in every language', () => {
  const frame = framed({ name: 'index.html', html: pages().find(({ name }) => name === 'index.html')?.html ?? '' });
  const oldBrowser = modules().find(({ name }) => name === 'old-browser.js')?.source ?? '';
  const withoutScript = /<noscript>[^]*<\/noscript>/.exec(frame)?.[0] ?? '';
  for (const language of otherLanguages) {
    assert.ok(withoutScript.includes(`<p lang="${language}">`), language);
    assert.ok(oldBrowser.includes(`paragraph('${language}'`), language);
  }
});

test('the style sheet hides the texts in other languages', () => {
  const layout = readFileSync(new URL('css/layout.css', web), 'utf8');
  for (const shown of languages) {
    for (const hidden of languages.filter((language) => language !== shown)) {
      assert.ok(layout.includes(`html[lang='${shown}'] .in-${hidden}`), `${hidden} in ${shown}`);
    }
  }
});

test('a script has at most 30 kB, and those of the pick-up 62 kB', () => {
  const size = (/** @type {{ source: string }} */ { source }) => Buffer.byteLength(source);
  for (const module of modules()) assert.ok(size(module) <= 30_000, `${module.name}: ${size(module)}`);
  const everywhere = reachedFrom('pages/index.js');
  const ofPickUp = reachedFrom('pages/pick-up.js');
  const own = modules().filter(({ name }) => ofPickUp.has(name) && !everywhere.has(name) && !name.startsWith('catalogue/'));
  const sum = own.reduce((total, module) => total + size(module), 0);
  assert.ok(own.length > 10 && sum <= 62_000, `${sum}`);
});

test('every import names an existing file', () => {
  for (const module of modules()) {
    for (const imported of importsOf(module)) assert.ok(existsSync(new URL(`js/${imported}`, web)), `${module.name}: ${imported}`);
  }
});
