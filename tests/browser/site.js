/** The site's files, as the tests read them. */
import { readFileSync, readdirSync } from 'node:fs';

export const web = new URL('../../web/', import.meta.url);

/** @type {import('../../web/js/rules.js').Rules} */
export const rules = JSON.parse(readFileSync(new URL('rules.json', web), 'utf8'));

/** @returns {{ name: string, html: string }[]} */
export function pages() {
  return readdirSync(web)
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({ name, html: readFileSync(new URL(name, web), 'utf8') }));
}

/** @returns {{ name: string, source: string }[]} */
export function modules() {
  return readdirSync(new URL('js/', web), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, source: readFileSync(new URL(`js/${name}`, web), 'utf8') }));
}
