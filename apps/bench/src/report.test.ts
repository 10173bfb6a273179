import { expect, test } from 'vitest';
import type { Samples } from './measure.ts';
import { missed, report, table } from './report.ts';

const at10k = (name: Samples['name'], rowlock: number, redlock: number, floor: number): Samples[] =>
  Object.entries({ rowlock, redlock, floor }).map(([system, ms]) => ({
    name,
    size: 10_000,
    system,
    timesMs: [ms, ms, ms * 3],
  }));

const good = report([
  ...at10k('acquire', 14, 28, 20),
  ...at10k('renew', 0.25, 20, 20),
  ...at10k('release', 0.25, 10, 20),
]);

test('gives medians and p99 for every case', () => {
  expect(good.cases[0]).toEqual({
    name: 'acquire',
    size: 10_000,
    system: 'rowlock',
    medianMs: 14,
    p99Ms: 42,
  });
});

test("a ratio is Rowlock's time in parts of the other's", () => {
  expect(good.ratios['acquire@10000']).toEqual({ redlock: 0.5, floor: 0.7 });
  expect(good.ratios['renew@10000']?.redlock).toBe(0.0125);
});

test('the bar is met by ratios up to it, and what misses it is named', () => {
  expect(missed(good)).toEqual([]);
  const slow = report([...at10k('acquire', 21, 28, 20), ...at10k('renew', 0.25, 20, 20)]);
  expect(missed(slow)).toEqual([
    "acquire@10000 takes 0.75 × redlock's time; at most 0.7 is asked for",
    'release@10000 was not measured',
  ]);
});

test('what one system alone has is in the table without a ratio', () => {
  const withSweep = report([{ name: 'sweep', size: 10_000, system: 'rowlock', timesMs: [9] }]);
  expect(withSweep.ratios).toEqual({});
  expect(table(withSweep)).toMatch(/sweep +10,000 +9\.00 \(9\.00\) +– +–/);
});

test('the table says how many times faster where the difference is large', () => {
  expect(table(good)).toMatch(/renew .* 80 times faster/);
});
