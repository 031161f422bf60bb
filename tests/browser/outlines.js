/**
 * Compares the outlines of pages with the references in references/. An outline lists a page's roles, names, states and
 * text in order.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const references = new URL('references/outlines/', import.meta.url);
/** Matches blob URLs, which differ in each run. */
const BLOB_ADDRESS = /\bblob:\S+/g;

const update = process.env.UPDATE_REFERENCES === '1';

/**
 * Compares the outline of a page with its reference. With UPDATE_REFERENCES=1, the outline becomes the reference.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} folder
 * @param {string} name
 */
export async function compareOutline(page, folder, name) {
  const dialog = page.locator('dialog');
  const shown = (await dialog.count()) > 0 ? dialog : page.locator('main');
  const outline = `${(await shown.ariaSnapshot()).replaceAll(BLOB_ADDRESS, 'blob:')}\n`;
  const reference = new URL(`${folder}/${name}.yaml`, references);
  if (update) {
    mkdirSync(new URL('.', reference), { recursive: true });
    writeFileSync(reference, outline);
    return;
  }
  assert.ok(existsSync(reference), `${folder}/${name} has no outline: look at it, then UPDATE_REFERENCES=1`);
  assert.equal(outline, readFileSync(reference, 'utf8'), `the outline of ${folder}/${name}`);
}

/** @returns {string[]} FOLDER/NAME.yaml */
export function outlineNames() {
  if (!existsSync(references)) return [];
  return readdirSync(references, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml')).sort();
}

/** @param {string} name as outlineNames returns it */
export function removeOutline(name) {
  rmSync(new URL(name, references));
}
