/** Reads the site's files for the tests. */
import { readFileSync, readdirSync } from 'node:fs';

export const web = new URL('../../web/', import.meta.url);

/** The languages of the pages. */
export const { languages } = await importedWithLocation();

/** Imports the language module, which reads the page's address. */
async function importedWithLocation() {
  Object.assign(globalThis, { location: new URL('http://localhost/') });
  try {
    return await import('../../web/js/i18n.js');
  } finally {
    Reflect.deleteProperty(globalThis, 'location');
  }
}

/** @type {import('../../web/js/rules.js').Rules} */
export const rules = JSON.parse(readFileSync(new URL('rules.json', web), 'utf8'));

/**
 * Returns the message of a rule that only the server checks, from the module of the language.
 *
 * @param {import('../../web/js/rules.js').Language} language
 * @param {string} rule the variant's name in Rust
 */
export function serverMessage(language, rule) {
  const source = readFileSync(new URL(`../shared/messages/src/${language}.rs`, web), 'utf8');
  const [, message] = new RegExp(`Rule::${rule} => (?:\\{\\s*)?"([^"]+)"`).exec(source) ?? [];
  if (message === undefined) throw new RangeError(`no message for the rule ${rule}`);
  return message;
}

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

/** Returns a module and all modules that it imports directly or indirectly. @param {string} entry */
export function reachedFrom(entry) {
  const reached = new Set([entry]);
  for (const name of reached) {
    const source = modules().find((module) => module.name === name)?.source ?? '';
    for (const imported of importsOf({ name, source })) reached.add(imported);
  }
  return reached;
}

/**
 * Returns the modules that a module directly imports or re-exports.
 *
 * @param {{ name: string, source: string }} module
 */
export function importsOf({ name, source }) {
  const imports = source.matchAll(/^(?:import|export) (?:[^;]*? from )?'([^']+)';/gms);
  return [...imports].map(([, specifier]) => new URL(String(specifier), `file:///${name}`).pathname.slice(1));
}

/** Returns all entries of the catalogue by language, and the keys in each part of the catalogue. */
export async function catalogue() {
  /** @param {string} language @param {string} part @returns {Promise<Record<string, string>>} */
  const load = async (language, part) => (await import(new URL(`js/catalogue/${language}/${part}`, web).href)).default;
  const names = readdirSync(new URL('js/catalogue/ja/', web));
  const ja = await Promise.all(names.map((name) => load('ja', name)));
  const texts = languages.map(async (language) => [language, merged(await Promise.all(names.map((name) => load(language, name))))]);
  return {
    parts: names.map((name, index) => ({ file: `catalogue/ja/${name}`, keys: Object.keys(ja[index] ?? {}) })),
    texts: /** @type {Record<import('../../web/js/rules.js').Language, Record<string, string>>} */ (
      Object.fromEntries(await Promise.all(texts))
    ),
  };
}

/** @param {Record<string, string>[]} parts @returns {Record<string, string>} */
function merged(parts) {
  return Object.assign({}, ...parts);
}
