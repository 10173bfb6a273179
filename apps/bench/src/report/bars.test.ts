import { expect, test } from 'vitest';
import { CASES } from '../cases/cases.ts';
import { BARS, inWords, judge } from './bars.ts';
import { goodReport } from './goodReport.ts';

test('a report that is good enough meets every bar', () => {
  const results = judge(goodReport(), CASES);
  expect(results).toHaveLength(BARS.length);
  expect(results.filter(({ isMet }) => !isMet)).toEqual([]);
});

test('a bar is met exactly at its limit and missed beyond it', () => {
  const report = goodReport();
  report.ratios['acquire@10000'] = { floor: 1, redlock: 0.601 };
  const [atFloor, atRedlock] = judge(report, ['cost']);
  expect([atFloor?.isMet, atRedlock?.isMet]).toEqual([true, false]);
  expect(inWords(atRedlock!)).toBe(
    "acquire of 10,000 records, in parts of redlock's time: 0.601 ×, and at most 0.6 is asked for",
  );
});

test('a rate must reach its bar', () => {
  const report = goodReport();
  report.contention[0]!.sectionsPerSecond = 399;
  const missed = judge(report, ['contention']).filter(({ isMet }) => !isMet);
  expect(missed.map(inWords)).toEqual([
    'sections of 2 ms by 20 holders that want one record, for a time: 399 a second, and at least 400 is asked for',
  ]);
});

test.each(CASES)('each bar of the case %s is missed where it was not measured', (name) => {
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
    expect(inWords(result)).toContain('was not measured');
  }
});

test('only the cases that ran are judged', () => {
  expect(judge(goodReport(), ['memory']).map(({ unit }) => unit)).toEqual(['bytes']);
});
