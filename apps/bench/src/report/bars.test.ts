import { expect, test } from 'vitest';
import { CASES } from '../cases/cases.ts';
import { BARS, describeBar, judge } from './bars.ts';
import { goodReport } from './goodReport.ts';

test('a good report meets every bar', () => {
  const results = judge(goodReport(), CASES);
  expect(results).toHaveLength(BARS.length);
  expect(results.filter(({ isMet }) => !isMet)).toEqual([]);
});

test('a bar is met exactly at its limit and missed beyond it', () => {
  const report = goodReport();
  report.ratios['acquire@10000'] = { floor: 1, redlock: 0.601 };
  const [atFloor, atRedlock] = judge(report, ['cost']);
  expect([atFloor?.isMet, atRedlock?.isMet]).toEqual([true, false]);
  expect(describeBar(atRedlock!)).toBe(
    'acquire of 10,000 records, relative to the time of redlock: 0.601 ×, but at most 0.6 is allowed',
  );
});

test('a rate is judged relative to the ideal rate, so that longer work misses no bar', () => {
  const report = goodReport();
  Object.assign(report.contention[0]!, {
    sectionsPerSecond: 319,
    equalTurnsPerSecond: 320,
    meanWorkMs: 2.035,
  });
  const missed = judge(report, ['contention']).filter(({ isMet }) => !isMet);
  expect(missed.map(describeBar)).toEqual([
    'sections a second of 20 holders that want one record, for a time, relative to the ideal rate: 0.6492 ×, but at least 0.65 is required',
  ]);
});

test('the wait of others is judged relative to the longest command of redlock on the same machine', () => {
  const report = goodReport();
  // A machine with half the speed.
  report.blocking = report.blocking.map((one) => ({
    ...one,
    longestCommandMs: 2 * one.longestCommandMs,
    worstWaitMs: 2 * one.worstWaitMs,
  }));
  expect(judge(report, ['blocking'])).toEqual(judge(goodReport(), ['blocking']));

  report.blocking[0]!.worstWaitMs = 41;
  const missed = judge(report, ['blocking']).filter(({ isMet }) => !isMet);
  expect(missed.map(({ value, limit }) => [value, limit])).toEqual([[0.1025, 0.1]]);
});

test.each(CASES)('each bar of the case %s is missed if it was not measured', (name) => {
  const nothing = {
    ...goodReport(),
    ratios: {},
    oneRecord: null,
    flat: [],
    subtree: null,
    blocking: [],
    memory: [],
    contention: [],
  };
  const results = judge(nothing, [name]);
  expect(results.length).toBeGreaterThan(0);
  for (const result of results) {
    expect(result).toMatchObject({ value: null, isMet: false });
    expect(describeBar(result)).toContain('was not measured');
  }
});

test('judge returns the bars of the cases that ran', () => {
  expect(judge(goodReport(), ['memory']).map(({ unit }) => unit)).toEqual(['bytes']);
});
