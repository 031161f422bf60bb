import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pages, reachedFrom } from './site.js';

/** What operators upload over ours: docs/operate.md names the same. */
const SAMPLES = ['contact.html', 'policies.html', 'privacy.html', 'terms.html'];

test('the pages that operators replace say that they are samples, and no other page does', () => {
  const marked = pages().filter(({ html }) => html.includes('id="sample"'));
  assert.deepEqual(marked.map(({ name }) => name).sort(), SAMPLES);
  for (const { html } of marked) {
    const notice = /<section id="sample">[\s\S]*?<\/section>/.exec(html)?.[0] ?? '';
    assert.match(notice, /見本/);
    assert.match(notice, /This page is a sample/);
  }
});

test('nothing depends on what is in them: others link to the pages, not into them, and no script is theirs', () => {
  for (const { name, html } of pages()) {
    for (const [, target] of html.matchAll(/href="([^"#]+)#[^"]*"/g)) assert.ok(!SAMPLES.includes(String(target)), `${name}: ${target}`);
    if (SAMPLES.includes(name)) assert.match(html, /<script type="module" src="js\/pages\/information\.js"><\/script>/);
  }
  assert.ok(![...reachedFrom('pages/information.js')].some((module) => module.endsWith('catalogue/site.js')));
});
