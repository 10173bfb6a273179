import { expect, test } from 'vitest';
import { longestCommandMs, type SlowLogEntry } from './slowLog.ts';

const entry = (durationUs: number, ...args: string[]): SlowLogEntry => [1, 0, durationUs, args];

test('longestCommandMs returns the longest command in ms', () => {
  expect(longestCommandMs([entry(300, 'evalsha', 'a'), entry(12_500, 'EVALSHA', 'b')])).toBe(12.5);
});

test('longestCommandMs ignores the commands of the bench itself', () => {
  expect(longestCommandMs([entry(9_000, 'slowlog', 'GET'), entry(200, 'hset', 'k')])).toBe(0.2);
});

test('longestCommandMs of an empty log is 0', () => {
  expect(longestCommandMs([])).toBe(0);
});
