import { expect, test } from 'vitest';
import { readSettings, UsageError } from './settings.ts';

test('a run without options has all defaults, and a seed of its own', () => {
  expect(readSettings([])).toEqual({
    minutes: 5,
    seed: expect.any(Number),
    rounds: 100_000,
    episodes: 20,
    tabs: 6,
  });
});

test('options replace the defaults', () => {
  expect(readSettings(['--seed', '7', '--rounds', '1', '--episodes', '4', '--tabs', '4'])).toMatchObject({
    seed: 7,
    rounds: 1,
    episodes: 4,
    tabs: 4,
  });
});

test.each([['--tabs', '1'], ['--minutes', 'many'], ['--seed', ''], ['--unknown'], ['more']])(
  'the arguments %s %s are refused',
  (...args) => {
    expect(() => readSettings(args)).toThrow(UsageError);
  },
);
