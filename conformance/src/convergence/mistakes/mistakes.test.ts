import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findMistake, mistakes, plant } from './mistakes.ts';

const readSource = (file: string) => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');

test.each(mistakes)('the line that $name changes is in the source once', (mistake) => {
  const source = readSource(mistake.file);
  expect(plant(source, mistake)).not.toBe(source);
});

test('a mistake without its line, and an unknown one, are refused', () => {
  expect(() => plant('', mistakes[0]!)).toThrow('contains its line 0 times');
  expect(() => findMistake('NO_SUCH')).toThrow('There is no mistake NO_SUCH');
});
