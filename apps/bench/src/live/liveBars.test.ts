import { expect, test } from 'vitest';
import { describeBar } from '../report/bars.ts';
import { goodLiveReport } from './goodLiveReport.ts';
import { judgeLive, LIVE_BARS } from './liveBars.ts';
import { LIVE_CASES } from './livePlan.ts';

test('a good report meets every bar of the live channel', () => {
  const results = judgeLive(goodLiveReport(), LIVE_CASES);
  expect(results).toHaveLength(LIVE_BARS.length);
  expect(results.filter(({ isMet }) => !isMet)).toEqual([]);
});

test('a missed bar names the number of screens that were connected', () => {
  const report = goodLiveReport();
  Object.assign(report.reach!, { screens: 768, lastReachedMs: 1_200 });
  const missed = judgeLive(report, ['reach']).filter(({ isMet }) => !isMet);
  expect(missed.map(describeBar)).toEqual([
    'time until a bulk lock reaches the last concerned one of 768 screens: 1200 ms, but at most 1000 is allowed',
  ]);
});

test('polling that costs too little misses its bar', () => {
  const report = goodLiveReport();
  report.polling!.ratios.bytes = 9.9;
  const missed = judgeLive(report, ['polling']).filter(({ isMet }) => !isMet);
  expect(missed.map(describeBar)).toEqual([
    'bytes when they poll, relative to the live channel: 9.9 ×, but at least 10 is required',
  ]);
});

test.each(LIVE_CASES)('each bar of the live case %s is missed if it was not measured', (name) => {
  const results = judgeLive({ ...goodLiveReport(), [name]: null }, [name]);
  expect(results.length).toBeGreaterThan(0);
  for (const result of results) expect(result).toMatchObject({ value: null, isMet: false });
});
