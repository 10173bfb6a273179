import { expect, test } from 'vitest';
import { shares, sumSeen } from './screenFleet.ts';

test('shares gives each screen to one process', () => {
  expect(shares(5, 2)).toEqual([
    { first: 0, count: 3 },
    { first: 3, count: 2 },
  ]);
  expect(shares(1, 2).map(({ count }) => count)).toEqual([1, 0]);
});

test('sumSeen joins what the processes have seen', () => {
  const parts = [
    { timesMs: [1, 2], messages: 3, foreign: 0 },
    { timesMs: [4], messages: 1, foreign: 1 },
  ];
  expect(sumSeen(parts)).toEqual({ timesMs: [1, 2, 4], messages: 4, foreign: 1 });
});
