import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { web } from './site.js';

/** @param {string | URL} file */
const read = (file) => readFileSync(file, 'utf8');

const require = createRequire(import.meta.url);
const published = declarations(read(require.resolve('@digital-go-jp/design-tokens/dist/tokens.css')));
const tokens = read(new URL('css/tokens.css', web));
const [always = '', dark = ''] = tokens.split('@media (prefers-color-scheme: dark)');
const [light = ''] = always.split('@media');

/** Returns the custom properties of a style sheet, each with the comment after its value. @param {string} css */
function declarations(css) {
  const found = css.matchAll(/--([\w-]+):\s*([^;]+);(?: \/\* ([\w-]+) \*\/)?/g);
  return [...found].map(([, name = '', value = '', token]) => ({ name, value: value.replace(/\s+/g, ' '), token }));
}

/** @param {string} colour @returns {number[]} red, green, blue and opacity */
function channels(colour) {
  const digits = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/.exec(colour);
  const hex = digits?.[1]?.replace(/./g, '$&$&') ?? digits?.[2];
  if (hex) return [...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16)), 1];
  const parts = /^rgba?\((\d+),? (\d+),? (\d+)(?:,| \/) ([\d.]+)(%?)\)$/.exec(colour);
  assert.ok(parts, `${colour} is not a colour`);
  const [, red, green, blue, opacity, percent] = parts;
  return [Number(red), Number(green), Number(blue), Number(opacity) / (percent ? 100 : 1)];
}

const isColour = (/** @type {string} */ value) => /^(#|rgb)/.test(value);

test('every colour and every named value is a token of the Digital Agency', () => {
  const all = declarations(tokens);
  assert.ok(all.filter(({ token }) => token).length > 60);
  for (const { name, value, token } of all) {
    if (!token) {
      assert.ok(!isColour(value), `--${name} names no token`);
      continue;
    }
    const theirs = published.find((each) => each.name === token)?.value ?? '';
    if (isColour(value)) assert.deepEqual(channels(value), channels(theirs), `--${name} is not ${token}`);
    else assert.equal(value, theirs, `--${name} is not ${token}`);
  }
});

test('the font families begin with those of the Digital Agency', () => {
  for (const [name, token] of /** @type {const} */ ([['font-sans', 'font-family-sans'], ['font-mono', 'font-family-mono']])) {
    const ours = declarations(light).find((each) => each.name === name)?.value.split(', ') ?? [];
    const theirs = published.find((each) => each.name === token)?.value.split(', ') ?? [];
    assert.deepEqual(ours.filter((family) => theirs.includes(family)), theirs);
    assert.equal(ours[0], theirs[0]);
  }
});

test('only tokens.css contains colours, and every used token exists', () => {
  const names = new Set(declarations(tokens).map(({ name }) => name));
  const used = new Set();
  for (const file of readdirSync(new URL('css/', web))) {
    const css = read(new URL(`css/${file}`, web));
    if (file !== 'tokens.css') assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b|rgb\(|hsl\(/i, file);
    for (const { name } of declarations(css)) names.add(name);
    for (const [, name] of css.matchAll(/var\(--([\w-]+)\)/g)) used.add(name);
  }
  assert.deepEqual([...used].filter((name) => !names.has(name)), []);
  assert.deepEqual([...names].filter((name) => !used.has(name)), []);
});

/** Text colours with the backgrounds behind them (WCAG 2.2 section 1.4.3). @type {[string[], string[]][]} */
const texts = [
  [['text'], ['background', 'background-soft', 'primary-soft', 'error-soft', 'warning-soft', 'success-soft']],
  [['text-soft'], ['background', 'background-soft']],
  [['link', 'link-visited'], ['background', 'background-soft', 'warning-soft', 'success-soft']],
  [['error-text'], ['background', 'background-soft', 'error-soft']],
  [['success-text'], ['background']],
  [['on-primary'], ['primary', 'primary-hover', 'primary-active']],
  [['primary'], ['background', 'primary-soft']],
  [['on-disabled'], ['disabled']],
  [['on-highlight'], ['highlight']],
];

/**
 * The colours of controls and notices, with their backgrounds (WCAG 2.2 section 1.4.11).
 *
 * @type {[string[], string[]][]}
 */
const shapes = [
  [['line-strong'], ['background']],
  [['primary', 'error', 'warning', 'success'], ['background']],
  [['focus'], ['background', 'background-soft']],
];

for (const [scheme, css] of /** @type {const} */ ([['light', light], ['dark', light + dark]])) {
  const values = Object.fromEntries(declarations(css).map(({ name, value }) => [name, value]));

  test(`the contrast of the ${scheme} colours is sufficient`, () => {
    for (const [least, pairs] of /** @type {const} */ ([[4.5, texts], [3, shapes]])) {
      for (const [fronts, backs] of pairs) {
        for (const front of fronts) for (const back of backs) {
          const ratio = contrast(values[front] ?? '', values[back] ?? '');
          assert.ok(ratio >= least, `--${front} on --${back}: ${ratio.toFixed(2)}`);
        }
      }
    }
  });
}

/** Returns the contrast ratio of WCAG 2.2. @param {string} one @param {string} other */
function contrast(one, other) {
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

/** Returns the relative luminance of WCAG 2.2. @param {string} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('nothing moves for people who prefer reduced motion', () => {
  for (const file of readdirSync(new URL('css/', web))) {
    const css = read(new URL(`css/${file}`, web)).replace(/@media \(prefers-reduced-motion: no-preference\) \{[\s\S]*?\n\}/g, '');
    const moving = [...css.matchAll(/(?:animation|transition): ([^;]+);/g)].map(([, value]) => String(value));
    // A transition with a duration of zero does not move anything.
    assert.deepEqual(moving.filter((value) => !/ 0s /.test(value)), [], file);
    assert.doesNotMatch(css, /scroll-behavior: smooth/);
  }
});
