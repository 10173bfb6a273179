import { expect, test } from 'vitest';
import { CASES } from '../cases/cases.ts';
import { judge } from './bars.ts';
import { goodReport } from './goodReport.ts';
import { inDigits, markdownTable } from './markdown.ts';
import { tables } from './tables.ts';

test('tables returns the machine, and a heading and a table for each part that ran', () => {
  const text = tables(goodReport(), judge(goodReport(), CASES));
  expect(text).toMatch(/^Measured on 2 cores of Imagined, 8 GiB/);
  expect(text.match(/^### .*/gm)).toHaveLength(8);
  expect(tables({ ...goodReport(), memory: [], subtree: null }, []).match(/^### .*/gm)).toHaveLength(5);
});

test('tables shows the systems side by side, with a dash for each missing value', () => {
  const report = goodReport();
  report.costs.push({ ...report.costs[0]!, records: 1, medianMs: 0.25, p99Ms: 1 });
  expect(tables(report, [])).toMatch(/\| acquire +\| +10,000 \| +10 \(40\) \| +20 \(40\) \|/);
  expect(tables(report, [])).toMatch(/\| acquire +\| +1 \| +0\.250 \(1\) \| +– \|/);
  expect(tables(report, [])).toContain('– redis-semaphore at 50,000: too slow');
});

test('tables shows for each bar whether it is met', () => {
  const report = goodReport();
  report.memory[0]!.bytesPerRecord = 113;
  const text = tables(report, judge(report, ['memory']));
  expect(text).toMatch(/113 bytes \| at most 100 bytes \| missed/);
});

test('markdownTable aligns the first column left and the others right', () => {
  expect(markdownTable(['what', 'ms'], [['a', '12,345']])).toBe(
    ['| what |     ms |', '| ---- | -----: |', '| a    | 12,345 |'].join('\n'),
  );
});

test.each([
  [12_345.6, '12,346'],
  [123.4, '123'],
  [12.34, '12.3'],
  [1.234, '1.23'],
  [0.1234, '0.123'],
  [0, '0'],
])('inDigits writes %d as %s', (value, text) => {
  expect(inDigits(value)).toBe(text);
});
