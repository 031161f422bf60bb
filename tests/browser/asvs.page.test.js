/** Checks that docs/security/asvs.md judges every requirement of OWASP ASVS 5.0 levels 1 and 2, and that its evidence exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/**
 * @typedef {{ chapter: string, id: string, level: string, state: string, place: string, evidence: string }} Row
 */

const document = new URL('../../docs/security/asvs.md', import.meta.url);
const text = readFileSync(document, 'utf8');

/** @type {{ levels: Record<string, number> }} */
const { levels } = JSON.parse(readFileSync(new URL('../cases/asvs-5.0.json', import.meta.url), 'utf8'));

const STATES = ['met', 'not met', 'not applicable'];

/** Begins the last cell of a met requirement without a test, followed by the reason. */
const WITHOUT_TEST = 'the place is the proof: ';

const rows = [...text.matchAll(/^## V(\d+) .*\n(?:(?!## ).*\n)*/gm)].flatMap(([section, chapter = '']) =>
  cellsOf(section, /^\| \d/).map(([requirement = '', level = '', state = '', place = '', evidence = '']) => {
    const [id = ''] = requirement.split(' ');
    return /** @type {Row} */ ({ chapter, id, level, state, place, evidence });
  }),
);

test('every requirement of levels 1 and 2 has one row, in order', () => {
  const expected = Object.entries(levels).map(([id, level]) => ({ chapter: id.split('.')[0], id, level: String(level) }));
  assert.deepEqual(rows.map(({ chapter, id, level }) => ({ chapter, id, level })), expected);
});

test('every requirement has one of three states, and evidence for it', () => {
  for (const { id, state, place, evidence } of rows) {
    assert.ok(STATES.includes(state), `${id}: "${state}"`);
    if (state === 'met') {
      assert.ok(linksOf(place).length > 0, `${id}: no place`);
      assert.ok(testsOf(evidence).length > 0 || evidence.startsWith(WITHOUT_TEST), `${id}: no test`);
    } else {
      assert.ok(evidence.length >= 10, `${id}: no reason`);
    }
  }
});

test('every linked file exists and declares the named tests', () => {
  for (const { id, place, evidence } of rows) {
    for (const target of linksOf(place + evidence)) assert.ok(existsSync(fileAt(target)), `${id}: ${target}`);
    for (const { target, name } of testsOf(evidence)) {
      assert.ok(declares(readFileSync(fileAt(target), 'utf8'), name), `${id}: ${target} has no test "${name}"`);
    }
  }
});

test('the summary has the counts of the tables', () => {
  const [summary = ''] = text.split('\n## V1 ');
  const counted = cellsOf(summary, /^\| (?:\d|\*\*total)/).map((row) => row.map((cell) => cell.replaceAll('*', '')).toSpliced(1, 1));
  const chapters = [...new Set(rows.map(({ chapter }) => chapter))];
  assert.deepEqual(counted, [
    ...chapters.map((chapter) => [chapter, ...countsOf(rows.filter((row) => row.chapter === chapter))]),
    ['total', ...countsOf(rows)],
  ]);
});

/** Returns the number of requirements, and the number in each state. @param {Row[]} counted */
function countsOf(counted) {
  return [counted.length, ...STATES.map((state) => counted.filter((row) => row.state === state).length)].map(String);
}

/** Returns the cells of the table rows that match. @param {string} markdown @param {RegExp} row */
function cellsOf(markdown, row) {
  const lines = markdown.split('\n').filter((line) => row.test(line));
  return lines.map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
}

/** @param {string} markdown */
function linksOf(markdown) {
  return [...markdown.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => String(target));
}

/** Returns the tests in the form `[file](target): name, name`, each name in backticks. @param {string} markdown */
function testsOf(markdown) {
  const named = markdown.matchAll(/\]\(([^)]+)\): ((?:`[^`]+`(?:, )?)+)/g);
  return [...named].flatMap(([, target, names]) =>
    [...String(names).matchAll(/`([^`]+)`/g)].map(([, name]) => ({ target: String(target), name: String(name) })),
  );
}

/**
 * Returns whether the source declares a test: a function, or a quoted name in JavaScript.
 *
 * @param {string} source
 * @param {string} name
 */
function declares(source, name) {
  const functions = [`fn ${name}(`, `function ${name}(`, `def ${name}(`, `\n${name}() {`];
  const texts = ["'", '"', '`'].map((quote) => quote + name + quote);
  return [...functions, ...texts].some((form) => source.includes(form));
}

/** @param {string} target */
function fileAt(target) {
  const [path = ''] = target.split('#');
  return new URL(path, document);
}
