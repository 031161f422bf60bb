import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pages, reachedFrom } from './site.js';

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
