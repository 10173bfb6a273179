import { expect, test } from 'vitest';
import { largest } from '../../report/statistics.ts';
import { shownAges, updateRate } from './shownAges.ts';

// The worker's value is its own time, and each update takes 20 ms.
const arrivals = [0, 250, 500, 750].map((done) => ({ atMs: done + 20, taskId: 't', done }));

test('shownAges grows until the next value arrives', () => {
  const ages = shownAges(arrivals, { fromMs: 0, untilMs: 500, workerMsOf: (done) => done });
  expect(ages[0]).toBe(20);
  expect(largest(ages)).toBe(265);
  // Nothing is shown in the first 20 ms.
  expect(ages).toHaveLength((500 - 20) / 5);
});

test('shownAges is empty if nothing arrives', () => {
  expect(shownAges([], { fromMs: 0, untilMs: 100, workerMsOf: () => 0 })).toEqual([]);
});

test('updateRate counts the updates between the first and the last', () => {
  expect(updateRate(arrivals)).toBe(4);
  expect(updateRate(arrivals.slice(0, 1))).toBe(0);
});
