import { expect, test } from 'vitest';
import { longestCommandMs, type SlowLogEntry } from './slowLog.ts';

const entry = (durationUs: number, ...args: string[]): SlowLogEntry => [1, 0, durationUs, args];

test('the longest command is given in ms', () => {
  expect(longestCommandMs([entry(300, 'evalsha', 'a'), entry(12_500, 'EVALSHA', 'b')])).toBe(12.5);
});

test('what those that watch send does not count', () => {
  expect(longestCommandMs([entry(9_000, 'slowlog', 'GET'), entry(200, 'hset', 'k')])).toBe(0.2);
});

test('nothing takes no time', () => {
  expect(longestCommandMs([])).toBe(0);
});
