import { expect, test } from 'vitest';
import { findingsIn } from './judge.mjs';
import { passagesOf } from './passages.mjs';
import { sentencesOf } from './sentences.mjs';

const textsOf = (path, source) =>
  passagesOf(path, source)
    .flatMap(sentencesOf)
    .map(({ line, kind, text }) => `${line} ${kind}: ${text}`);

test('comments are read by a tokenizer, so that a string with // is no comment', () => {
  const source = [
    "const url = 'http://example // He is no comment';",
    '// The first line,',
    '// and the second. Another sentence.',
    'const x = 1; // At the end of a line.',
    '/**',
    ' * A docstring with `code()`. It has two sentences.',
    ' */',
    'const pattern = /\\/\\/ He/;',
  ].join('\n');
  expect(textsOf('a.ts', source)).toEqual([
    '2 comment: The first line, and the second.',
    '3 comment: Another sentence.',
    '4 comment: At the end of a line.',
    '6 comment: A docstring with X.',
    '6 comment: It has two sentences.',
  ]);
});

test('directives for tools are no prose, and each row of a table in a comment stands alone', () => {
  const lua = [
    '-- Ends a lease.',
    "-- Input   { 'ended', leaseId } of the lease",
    '--         that ends',
    '-- Output  true',
    '-- @include include/ends.lua',
    "local text = '-- He is no comment'",
    '--[[ A long',
    'comment. ]]',
  ].join('\n');
  expect(textsOf('a.lua', lua)).toEqual([
    '1 comment: Ends a lease.',
    '2 comment: X of the lease that ends',
    '4 comment: true',
    '7 comment: A long comment.',
  ]);
  expect(textsOf('a.mjs', '#!/usr/bin/env node\n// biome-ignore lint/x: who knows\nrun();')).toEqual([]);
});

test('comments of CSS are read, and its strings are not', () => {
  const css = 'a { content: "/* He */"; }\n/* A colour of the row. */';
  expect(textsOf('a.css', css)).toEqual(['2 comment: A colour of the row.']);
});

test('code, links and HTML of a page are no prose, but its tables and lists are', () => {
  const page = [
    '---',
    "'@rowlock/server': minor",
    '---',
    '# A heading',
    '',
    'See [the page](what/he/did.md) and `his code`. <b>Bold</b>',
    '',
    '```ts',
    'const he = "who";',
    '```',
    '',
    '- A list',
    '',
    '| name | meaning |',
    '| --- | --- |',
    '| `x` | A cell |',
  ].join('\n');
  expect(textsOf('a.md', page)).toEqual([
    '4 page: A heading',
    '6 page: See the page and X.',
    '6 page: Bold',
    '12 page: A list',
    '14 page: name',
    '14 page: meaning',
    '16 page: A cell',
  ]);
});

test('messages of errors and logs, names of tests and texts of pages are prose, other strings are not', () => {
  const source = [
    "import { x } from 'a package of mine';",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the source
    'throw new TypeError(`"${name}" is no key. ` + \'Use another one.\');',
    "logger.warn('the log cannot be read');",
    "test.each([['a row of data']])('a task ends', () => {});",
    "const key = 'not a sentence';",
    "const message = () => 'A sentence that a function returns.';",
    "schema.describe('The state of a task');",
    'const page = <p title="no prose">Select a row</p>;',
  ].join('\n');
  expect(textsOf('a.test.tsx', source)).toEqual([
    '2 error: "X" is no key.',
    '2 error: Use another one.',
    '3 log: the log cannot be read',
    '4 test: a task ends',
    '6 text: A sentence that a function returns.',
    '7 text: The state of a task',
    '8 ui: Select a row',
  ]);
});

test('names of tests are prose in each file that imports a runner of tests', () => {
  const source = "test('ends a task', () => {});";
  expect(textsOf('contract.ts', source)).toEqual([]);
  expect(textsOf('contract.ts', `import { test } from 'vitest';\n${source}`)).toEqual([
    '2 test: ends a task',
  ]);
});

test('a sentence also ends after a number, code or an id', () => {
  const page = 'It is version 1. It has `code`. The page has an id. Each page, e.g. Tasks, has one.';
  expect(textsOf('a.md', page)).toEqual([
    '1 page: It is version 1.',
    '1 page: It has X.',
    '1 page: The page has an id.',
    '1 page: Each page, e.g. Tasks, has one.',
  ]);
});

test('a finding names the line, the sentence, the rule and what to write', () => {
  const [finding, ...others] = findingsIn('a.md', '# Leases\n\nA lease ends.\nThe holder lets go of it.\n');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    path: 'a.md',
    line: 4,
    rule: 'word-release',
    found: 'lets go',
    hint: 'a lease is released',
    isWarning: false,
  });
});
