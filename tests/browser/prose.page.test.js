/** The rules of prose that a program can judge, for comments in Rust and for documents. CONTRIBUTING.md says them. */
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

const DOC_COMMENT = /^\s*\/\/[/!] ?(.*)/;
const COMMENT = /^\s*\/\/[/!]? ?(.*)/;

/** A summary says what a thing is or does: it begins with a noun or with a verb. */
const NOT_A_SUMMARY = /^(What|Whether|How|That|Who|Whoever)\b/;

/** Words that hide who acts, or that make a person of a machine. */
const HIDDEN_ACTOR = /\b(whoever|somebody|anybody|is told|are told)\b/i;

test('the summary of a doc comment begins with a noun or a verb', () => {
  const found = files('*.rs').flatMap((file) => {
    const lines = linesOf(file);
    return lines.flatMap((line, index) => {
      const summary = DOC_COMMENT.exec(line)?.[1];
      const begins = !DOC_COMMENT.test(lines[index - 1] ?? '');
      return summary !== undefined && begins && NOT_A_SUMMARY.test(summary) ? [`${file}:${index + 1}: ${summary}`] : [];
    });
  });
  assert.deepEqual(found, []);
});

test('comments and documents name who acts', () => {
  const inComments = files('*.rs').flatMap((file) => placesIn(file, (line) => COMMENT.exec(line)?.[1] ?? ''));
  const inDocuments = files('*.md').flatMap((file) => placesIn(file, (line) => line));
  assert.deepEqual([...inComments, ...inDocuments], []);
});

/** @param {string} file @param {(line: string) => string} prose */
function placesIn(file, prose) {
  return linesOf(file).flatMap((line, index) => {
    const word = HIDDEN_ACTOR.exec(prose(line))?.[0];
    return word ? [`${file}:${index + 1}: "${word}"`] : [];
  });
}
