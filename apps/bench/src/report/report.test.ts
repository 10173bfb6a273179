import { expect, test } from 'vitest';
import type { ContentionSample } from '../cases/contention.ts';
import type { Samples } from '../cases/costAtSize.ts';
import { contentionResult, costResults, ratiosOf } from './report.ts';

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

test('gives the median and the p99 of every system, and how many rounds they come from', () => {
  expect(costResults([samples('rowlock', 14, 42, 13)])).toEqual([
    { verb: 'acquire', records: 10_000, system: 'rowlock', rounds: 3, medianMs: 14, p99Ms: 42 },
  ]);
});

test("a ratio is Rowlock's median in parts of each other's", () => {
  const all = [samples('rowlock', 14), samples('redlock', 28), samples('floor', 20)];
  expect(ratiosOf(all)).toEqual({ 'acquire@10000': { redlock: 0.5, floor: 0.7 } });
});

test('what one system alone has, has no ratio', () => {
  expect(ratiosOf([samples('rowlock', 9)])).toEqual({});
});

test('of rounds of contention the medians count, and every lost update', () => {
  const rounds = [60, 100, 50].map((longestMs, i) => ({
    timed: round(longestMs, i),
    equalShare: round(longestMs, 1),
  }));
  expect(contentionResult('rowlock', rounds)).toMatchObject({
    rounds: 3,
    longestWaitMs: 60,
    longestToMeanWait: 1.5,
    lostUpdates: 6,
  });
});
