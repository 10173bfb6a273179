import { expect, test } from 'vitest';
import type { ContentionSample } from '../cases/contention.ts';
import type { Samples } from '../cases/costAtSize.ts';
import { computeRatios, contentionResult, costResults } from './report.ts';

const samples = (system: string, ...timesMs: number[]): Samples => ({
  verb: 'acquire',
  records: 10_000,
  system,
  timesMs,
});

const round = (longestWaitMs: number, lostUpdates = 0): ContentionSample => ({
  ...{ sections: 400, sectionsPerSecond: 400, meanWaitMs: 40, longestWaitMs, lostUpdates },
  ...{ fewestSections: 19, mostSections: 21, meanWorkMs: 2 },
});

test('costResults returns the median, the p99 and the number of rounds of every system', () => {
  expect(costResults([samples('rowlock', 14, 42, 13)])).toEqual([
    { verb: 'acquire', records: 10_000, system: 'rowlock', rounds: 3, medianMs: 14, p99Ms: 42 },
  ]);
});

test("a ratio is Rowlock's median divided by that of another system", () => {
  const all = [samples('rowlock', 14), samples('redlock', 28), samples('floor', 20)];
  expect(computeRatios(all)).toEqual({ 'acquire@10000': { redlock: 0.5, floor: 0.7 } });
});

test('a verb of a single system has no ratio', () => {
  expect(computeRatios([samples('rowlock', 9)])).toEqual({});
});

test('contentionResult returns the medians over the rounds and the sum of lost updates', () => {
  const rounds = [60, 100, 50].map((longestMs, i) => ({
    timed: round(longestMs, i),
    equalTurns: round(longestMs, 1),
  }));
  expect(contentionResult('rowlock', rounds)).toMatchObject({
    rounds: 3,
    longestWaitMs: 60,
    longestToMeanWait: 1.5,
    lostUpdates: 6,
  });
});
