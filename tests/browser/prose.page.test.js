/** Checks comments, test names and documents against the prose rules in CONTRIBUTING.md that a program can verify. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {...string} patterns of git, such as `*.rs` */
function files(...patterns) {
  return execFileSync('git', ['ls-files', '--', ...patterns], { cwd: root, encoding: 'utf8' }).trim().split('\n');
}

/** @param {string} file @returns {string[]} */
const linesOf = (file) => readFileSync(`${root}${file}`, 'utf8').split('\n');

/** Matches the summary of a JavaScript doc comment, which is on the first or second line of the comment. */
const JS_SUMMARY = /\/\*\*\s(?:\s*\* )?([^@\s].*)/g;

const RUST_DOC_COMMENT = /^\s*\/\/[/!] ?(.*)/;

/** The pattern of a comment line for each file type. */
const COMMENTS = {
  '*.rs': /^\s*\/\/[/!]? ?(.*)/,
  '*.js': /^\s*(?:\/\/|\/?\*)+ ?(.*)/,
  '*.css': /\/\*(.*)/,
  '*.sh': /^\s*# ?(.*)/,
};

/** Matches words that must not begin a summary. The first word of a summary is a noun or a verb. */
const NOT_A_SUMMARY = /^(What|Whether|How|That|Who|Whoever)\b/;

/** Matches words that hide the actor or describe a machine as a person. */
const HIDDEN_ACTOR = /\b(whoever|somebody|anybody|is told|are told)\b/i;

const LONGEST_NAME = 70;

/**
 * Matches the name of a JavaScript test. Feature tests are excluded, because their names come from the feature list.
 */
const TEST_NAME = /^\s*(?:test|describe)\(\s*(['"`])(.*?)\1[,)]/gm;

test('the summary of a doc comment begins with a noun or a verb', () => {
  const inRust = files('*.rs').flatMap((file) => {
    const lines = linesOf(file);
    return lines.flatMap((line, index) => {
      const summary = RUST_DOC_COMMENT.exec(line)?.[1];
      const begins = !RUST_DOC_COMMENT.test(lines[index - 1] ?? '');
      return summary !== undefined && begins && NOT_A_SUMMARY.test(summary) ? [`${file}:${index + 1}: ${summary}`] : [];
    });
  });
  const inJavaScript = files('*.js').flatMap((file) => {
    const summaries = [...linesOf(file).join('\n').matchAll(JS_SUMMARY)].map(([, summary]) => String(summary));
    return summaries.filter((summary) => NOT_A_SUMMARY.test(summary)).map((summary) => `${file}: ${summary}`);
  });
  assert.deepEqual([...inRust, ...inJavaScript], []);
});

test('comments and documents name who acts', () => {
  const inComments = Object.entries(COMMENTS).flatMap(([pattern, comment]) =>
    files(pattern).flatMap((file) => placesIn(file, (line) => comment.exec(line)?.[1] ?? '')),
  );
  const inDocuments = files('*.md').flatMap((file) => placesIn(file, (line) => line));
  assert.deepEqual([...inComments, ...inDocuments], []);
});

test('the name of a test is a short statement that names who acts', () => {
  const names = files('tests/browser/*.test.js').flatMap((file) =>
    [...linesOf(file).join('\n').matchAll(TEST_NAME)].map(([, , name = '']) => ({ file, name: name.replace(/\$\{[^}]*\}/g, '…') })),
  );
  assert.ok(names.length > 100);
  const wrong = names.filter(({ name }) => name.length > LONGEST_NAME || HIDDEN_ACTOR.test(name));
  assert.deepEqual(wrong, []);
});

/** @param {string} file @param {(line: string) => string} prose */
function placesIn(file, prose) {
  return linesOf(file).flatMap((line, index) => {
    const word = HIDDEN_ACTOR.exec(prose(line))?.[0];
    return word ? [`${file}:${index + 1}: "${word}"`] : [];
  });
}
