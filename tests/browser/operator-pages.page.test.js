import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { pages, reachedFrom, web } from './site.js';

const manual = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');

/** The files of the site, relative to its folder. */
const files = readdirSync(web, { recursive: true, encoding: 'utf8' });

/** The pages that operators replace, as listed in docs/operate.md. */
const SAMPLES = ['contact.html', 'policies.html', 'privacy.html', 'terms.html'];

test('exactly the pages that operators replace are marked as samples', () => {
  const marked = pages().filter(({ html }) => html.includes('id="sample"'));
  assert.deepEqual(marked.map(({ name }) => name).sort(), SAMPLES);
  for (const { html } of marked) {
    const notice = /<section id="sample">[\s\S]*?<\/section>/.exec(html)?.[0] ?? '';
    assert.match(notice, /見本/);
    assert.match(notice, /This page is a sample/);
  }
});

test('no link and no script depends on the contents of a sample', () => {
  for (const { name, html } of pages()) {
    for (const [, target] of html.matchAll(/href="([^"#]+)#[^"]*"/g)) assert.ok(!SAMPLES.includes(String(target)), `${name}: ${target}`);
    if (SAMPLES.includes(name)) assert.match(html, /<script type="module" src="js\/pages\/information\.js"><\/script>/);
  }
  assert.ok(![...reachedFrom('pages/information.js')].some((module) => module.endsWith('catalogue/site.js')));
});

test('the documented upload omits the style guide', () => {
  const [, removed = ''] = /^rm (site\/.*?) *#/m.exec(manual) ?? [];
  const styleGuide = files.filter((name) => name.includes('style-guide')).map((name) => `site/${name}`);
  assert.deepEqual(removed.split(' ').sort(), styleGuide.sort());
});

test('the documented upload names the charset of every text file', () => {
  const [, types = ''] = /^for type in (.*); do$/m.exec(manual) ?? [];
  const served = readFileSync(new URL('../../infra/local-stack/src/site.rs', import.meta.url), 'utf8');
  const texts = [...served.matchAll(/Some\("(\w+)"\) => "((?:text|image)\/[\w+]+)/g)];
  assert.deepEqual(types.split(' ').sort(), texts.map(([, suffix, type]) => `${suffix}:${type}`).sort());
  assert.match(manual, /--content-type "\$\{type#\*:\}; charset=utf-8"/);
});
