import { beforeAll, expect, test } from 'vitest';
import { benchReact } from './benchReact.ts';
import { judgeReact } from './reactBars.ts';
import type { ReactReport } from './reactReport.ts';

const TINY = {
  rows: 40,
  progress: { bars: 4, eventsPerSecond: 400, forMs: 1_000 },
  mount: { hooks: 20, rounds: 2 },
};

let report: ReactReport;
beforeAll(async () => {
  report = await benchReact(TINY, () => {});
}, 120_000);

test('every bar is measured', () => {
  const bars = judgeReact(report);
  expect(bars.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
});

test('a lock event renders exactly the rows that it concerns', () => {
  expect(report.rerender).toEqual({ rows: 40, concerned: 3, rendered: 3 });
});

test('the page takes in all progress events, and the keys that are pressed meanwhile', () => {
  expect(report.progress).toMatchObject({ rows: 40, bars: 4 });
  expect(report.progress.keys).toBeGreaterThan(0);
});
