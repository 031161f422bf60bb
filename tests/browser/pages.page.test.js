import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { catalogue, modules, pages, reachedFrom, web } from './site.js';

const texts = (await catalogue()).texts.ja;
const wizard = ['index', 'certificates', 'certificate', 'application', 'review', 'receipt'];

for (const { name, html } of pages()) {
  const page = name.replace('.html', '');

  test(`${name} has nothing inline and nothing from elsewhere`, () => {
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/i);
    assert.doesNotMatch(html, /(?:src|href|action)="(?:[a-z]+:)?\/\//i);
  });

  test(`${name} has the Japanese heading and title of the catalogue before any script runs`, () => {
    const step = wizard.indexOf(page) + 1;
    const place = step ? `ステップ ${step}/6：` : '';
    const title = texts[`title.${page}`];
    assert.ok(html.includes(`<title>${place}${title} | ${texts['site.name']}</title>`));
    assert.equal(/<h1 [^>]*>(.*)<\/h1>/.exec(html)?.[1]?.replace(/<[^>]+>/g, ''), `${place}${title}`);
    assert.match(html, /<html lang="ja">/);
    assert.match(html, /<noscript>/);
    for (const [, key, text] of html.matchAll(/data-i18n="([^"]+)"[^>]*>([^<]*)</g)) {
      if (text) assert.equal(text, texts[String(key)]);
    }
  });

  test(`${name} names no id twice, and its links lead somewhere`, () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const [, target] of html.matchAll(/(?:href|src)="([^"/][^"]*)"/g)) {
      const [file, anchor] = String(target).split('#');
      assert.ok(existsSync(new URL(String(file), web)), String(target));
      const linked = pages().find((each) => each.name === file);
      if (anchor) assert.ok(linked?.html.includes(`id="${anchor}"`), String(target));
    }
  });

  test(`${name} says everything in both languages`, () => {
    assert.equal(html.split('class="in-ja"').length, html.split('class="in-en" lang="en"').length);
  });
}

test('no script is larger than 30 kB, and what only the pick-up needs stays below 60 kB', () => {
  const size = (/** @type {{ source: string }} */ { source }) => Buffer.byteLength(source);
  for (const module of modules()) assert.ok(size(module) <= 30_000, `${module.name}: ${size(module)}`);
  const everywhere = reachedFrom('pages/index.js');
  const ofPickUp = reachedFrom('pages/pick-up.js');
  const own = modules().filter(({ name }) => ofPickUp.has(name) && !everywhere.has(name) && !name.startsWith('catalogue/'));
  const sum = own.reduce((total, module) => total + size(module), 0);
  assert.ok(own.length > 10 && sum <= 60_000, `${sum}`);
});

test('every import names a file that a static host serves', () => {
  for (const { name, source } of modules()) {
    for (const imported of importsOf(name, source)) assert.ok(existsSync(new URL(imported, web)), `${name}: ${imported}`);
  }
});

test('step 1, where people arrive, asks for all its modules at once', () => {
  const html = pages().find(({ name }) => name === 'index.html')?.html ?? '';
  const asked = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href);
  assert.deepEqual(asked, [...neededBy('pages/index.js')].sort());
});

/** @param {string} name of a module @param {string} source @returns {string[]} as a page names them */
function importsOf(name, source) {
  const imports = source.matchAll(/^(?:import|export) (?:[^;]*? from )?'([^']+)';/gms);
  return [...imports].map(([, specifier]) => new URL(String(specifier), `http://site/js/${name}`).pathname.slice(1));
}

/** What a module imports, and what that imports. @param {string} name @param {Set<string>} [needed] what is known of it */
function neededBy(name, needed = new Set()) {
  const { source = '' } = modules().find((module) => module.name === name) ?? {};
  for (const imported of importsOf(name, source)) {
    if (needed.has(imported)) continue;
    needed.add(imported);
    neededBy(imported.replace('js/', ''), needed);
  }
  return needed;
}
