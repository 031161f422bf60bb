/** Compares screenshots of pages with the reference screenshots in references/. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

const taken = new URL('out/', import.meta.url);
const references = new URL('references/', import.meta.url);
const update = process.env.UPDATE_REFERENCES === '1';

/**
 * The colour difference, from 0 to 1, below which two pixels count as equal. The edges of letters differ slightly
 * between versions of Chromium.
 */
const SAME_COLOUR = 0.2;

/** The number of pixels that may differ. More pixels than this differ if a line of text moves by one pixel. */
const MOST_DIFFERENT = 60;

/**
 * The fraction of pixels that may differ if the reference screenshots come from another version of Chromium, which may
 * render letters differently.
 */
const MOST_DIFFERENT_ELSEWHERE = 0.02;

/**
 * The number of pixels that may change when a reference is encoded. The comparison allows three times this number.
 */
const MOST_LOST = MOST_DIFFERENT / 3;

/**
 * The largest hue change that may occur when a reference is encoded. The hue change is the sum of the changes in red
 * and blue relative to green. pixelmatch gives more weight to brightness, so it treats dark green and dark grey as
 * equal.
 */
const SAME_HUE = 120;

/** Contains the version of Chromium that took the reference screenshots. */
const takenBy = new URL('chromium.txt', references);

/** Saves a screenshot in out/ for review. @param {Buffer} picture PNG @param {string} folder @param {string} name */
export function keep(picture, folder, name) {
  write(new URL(`${folder}/${name}.png`, taken), picture);
}

/**
 * Compares a screenshot with its reference. With UPDATE_REFERENCES=1, the screenshot becomes the reference.
 *
 * @param {Buffer} picture PNG
 * @param {string} folder
 * @param {string} name
 * @param {string} chromium the version of the browser
 */
export async function compare(picture, folder, name, chromium) {
  const difference = new URL(`${folder}/${name}.difference.png`, taken);
  rmSync(difference, { force: true });
  const reference = new URL(`${folder}/${name}.webp`, references);
  if (update) {
    write(reference, await small(picture));
    writeFileSync(takenBy, `${chromium}\n`);
    return;
  }
  assert.ok(existsSync(reference), `${folder}/${name}.png has no reference: look at it, then UPDATE_REFERENCES=1`);
  const [expected, seen] = await Promise.all([pixels(readFileSync(reference)), pixels(picture)]);
  const { width, height } = seen.info;
  assert.deepEqual([width, height], [expected.info.width, expected.info.height], `the size of ${folder}/${name}.png`);
  const marked = new Uint8Array(seen.data.length);
  const different = pixelmatch(expected.data, seen.data, marked, width, height, { threshold: SAME_COLOUR });
  const sameChromium = readFileSync(takenBy, 'utf8').trim() === chromium;
  if (different <= (sameChromium ? MOST_DIFFERENT : MOST_DIFFERENT_ELSEWHERE * width * height)) return;
  write(difference, await sharp(marked, { raw: { width, height, channels: 4 } }).png().toBuffer());
  assert.fail(`${folder}/${name}.png: ${different} pixels differ, see ${difference.pathname}`);
}

/** @returns {string[]} FOLDER/NAME.webp */
export function referenceNames() {
  return readdirSync(references, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.webp')).sort();
}

/** @param {string} name as referenceNames returns it */
export function removeReference(name) {
  rmSync(new URL(name, references));
}

/**
 * Encodes a screenshot with the fewest colours that still match. Most pages need at most 16 colours.
 *
 * @param {Buffer} picture
 */
async function small(picture) {
  const { data, info } = await pixels(picture);
  for (const palette of [{ colours: 16 }, { quality: 20 }, { quality: 60 }, { quality: 80 }]) {
    const reduced = await sharp(picture).png({ palette: true, dither: 0, ...palette }).toBuffer();
    const { data: left } = await pixels(reduced);
    const lost = pixelmatch(data, left, undefined, info.width, info.height, { threshold: SAME_COLOUR });
    if (lost <= MOST_LOST && hueChanges(data, left) <= MOST_LOST) return webp(reduced);
  }
  return webp(picture);
}

/** Counts the pixels whose hue has changed. @param {Buffer} before RGBA @param {Buffer} after */
function hueChanges(before, after) {
  let changes = 0;
  for (let pixel = 0; pixel < before.length; pixel += 4) {
    if (hueChange(before, after, pixel, RED) + hueChange(before, after, pixel, BLUE) > SAME_HUE) changes += 1;
  }
  return changes;
}

const RED = 0;
const GREEN = 1;
const BLUE = 2;

/** @param {Buffer} before @param {Buffer} after @param {number} pixel @param {number} channel */
function hueChange(before, after, pixel, channel) {
  const excess = (/** @type {Buffer} */ picture) => picture.readUInt8(pixel + channel) - picture.readUInt8(pixel + GREEN);
  return Math.abs(excess(before) - excess(after));
}

/** @param {Buffer} picture */
function webp(picture) {
  return sharp(picture).webp({ lossless: true, effort: 6 }).toBuffer();
}

/** @param {URL} file @param {Uint8Array} content */
function write(file, content) {
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, content);
}

/** @param {Buffer} picture */
function pixels(picture) {
  return sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
}
