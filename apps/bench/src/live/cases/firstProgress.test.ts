import { expect, test } from 'vitest';
import { delays } from './firstProgress.ts';

const at = (atMs: number, taskId: string, done: number) => ({ atMs, taskId, done });

test('delays run from a report to the first arrival of its value', () => {
  const reports = [at(10, 'a', 1), at(20, 'b', 1)];
  const arrivals = [at(12, 'a', 1), at(300, 'a', 1), at(25, 'b', 1)];
  expect(delays(reports, arrivals)).toEqual([2, 5]);
});

test('delays refuses a report that never arrived', () => {
  expect(() => delays([at(10, 'a', 1)], [])).toThrow('The progress 1 of task a never arrived');
});
