/** Checks that links in the documentation have targets, and that names in the glossary exist in the code. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const documents = [...markdownIn(''), ...markdownIn('docs/'), ...markdownIn('docs/decisions/'), ...markdownIn('docs/security/'), ...markdownIn('infra/localstack/')];

for (const name of documents) {
  test(`every relative link in ${name} has a target`, () => {
    for (const target of linksOf(read(name))) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? new URL(name, root) : new URL(decodeURI(path), new URL(name, root));
      assert.ok(existsSync(file), `${target}: there is no such file`);
      if (anchor !== undefined) {
        assert.ok(anchorsOf(readFileSync(file, 'utf8')).includes(anchor), `${target}: there is no such heading`);
      }
    }
  });
}

test('the documentation is found', () => {
  for (const name of ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'docs/glossary.md']) assert.ok(documents.includes(name), name);
});

test('every name in the glossary exists in the code', () => {
  const code = ['shared/', 'functions/', 'infra/', 'tests/it/', 'web/'].flatMap(namesIn).join('\n');
  const [terms = ''] = read('docs/glossary.md').split('\n## Where texts still differ');
  const cells = columnOf(terms, 'Name in code');
  assert.ok(cells.length > 40);
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name)));
  for (const name of names) {
    const exact = new RegExp(`(?<![A-Za-z0-9_-])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9_-])`);
    assert.ok(exact.test(code), `${name} is not in the code`);
  }
});

/** Returns the cells of the column with this heading, in all tables that have it. @param {string} markdown @param {string} heading */
function columnOf(markdown, heading) {
  const tables = markdown.match(/^\|.*\n\|[-|: ]+\n(?:\|.*\n)*/gm) ?? [];
  return tables.flatMap((table) => {
    const [head = [], , ...rows] = table.trim().split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
    return head.includes(heading) ? rows.map((row) => row[head.indexOf(heading)] ?? '') : [];
  });
}

/** @param {string} folder */
function markdownIn(folder) {
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => folder + name);
}

/** @param {string} name */
function read(name) {
  return readFileSync(new URL(name, root), 'utf8');
}

/** Returns the relative targets of links and images outside of code. @param {string} markdown */
function linksOf(markdown) {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => String(target));
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Returns the anchors of the headings, as GitHub generates them. @param {string} markdown */
function anchorsOf(markdown) {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => String(heading));
  return headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\-_ ]/gu, '').replaceAll(' ', '-'));
}

/** @param {string} markdown */
function withoutCode(markdown) {
  return markdown.replace(/^ *```[^]*?^ *```/gm, '');
}

/** Returns the path and the text of each source file below a folder. @param {string} folder */
function namesIn(folder) {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(rs|js|html|yaml|toml)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}${name.replace(/\.js$/, '')}\n${read(folder + name)}`);
}
