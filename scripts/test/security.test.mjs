import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../lib/paths.mjs';

const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const [, section = ''] = page.split('## Attacks, each with its test');
const rows = (section.split('\n## ')[0].match(/^\| .* \|$/gm) ?? []).slice(2);

const tests = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))
  .map((file) => readFileSync(join(root, file), 'utf8'));

/** The titles without a test of that title. */
const missing = (titles) =>
  titles.filter(
    (title) =>
      !["'", '"', '`'].some((quote) => tests.some((text) => text.includes(`${quote}${title}${quote}`))),
  );

test('each attack in SECURITY.md names a test that exists', () => {
  expect(rows.length).toBeGreaterThan(20);
  expect(missing(rows.map((row) => row.split(' | ')[2].replace(/ \|$/, '')))).toEqual([]);
});

test('an attack whose test does not exist is found', () => {
  expect(missing(['the server is asked nicely, and opens'])).toHaveLength(1);
});
