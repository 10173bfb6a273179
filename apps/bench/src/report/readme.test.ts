import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { replaceResults } from './readme.ts';

const readme = () => readFile(new URL('../../README.md', import.meta.url), 'utf8');

test('replaces the results in the README and nothing else', async () => {
  const page = await readme();
  const once = replaceResults(page, 'new numbers');
  expect(once).toContain('new numbers');
  expect(replaceResults(once, 'newer')).not.toContain('new numbers');
  expect(once.split('<!--')[0]).toBe(page.split('<!--')[0]);
  expect(once.split('end of results')[1]).toBe(page.split('end of results')[1]);
});

test('a page without a place for them is refused', () => {
  expect(() => replaceResults('# Bench', 'numbers')).toThrow('The README has no');
});
