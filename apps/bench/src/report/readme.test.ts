import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { replaceResults } from './readme.ts';

const readme = () => readFile(new URL('../../README.md', import.meta.url), 'utf8');

test.each(['locks', 'tasks', 'live'] as const)(
  'replaceResults replaces the results of %s in the README and nothing else',
  async (of) => {
    const page = await readme();
    const once = replaceResults(page, of, 'new numbers');
    expect(once).toContain('new numbers');
    expect(replaceResults(once, of, 'newer')).not.toContain('new numbers');
    const [before, after] = once.split('new numbers');
    expect(page.startsWith(before!.trimEnd())).toBe(true);
    expect(page.endsWith(after!.trimStart())).toBe(true);
  },
);

test('replaceResults refuses a page without marks', () => {
  expect(() => replaceResults('# Bench', 'locks', 'numbers')).toThrow('The README has no');
});
