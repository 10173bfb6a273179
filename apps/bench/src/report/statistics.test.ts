import { expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

test('the median is the middle value in any order of the values', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('the median of an even number of values is the lower of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2);
});

test('a quantile is one of the values, so p99 of 100 values is the second largest', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile([7], 0.99)).toBe(7);
});

test('median refuses an empty list', () => {
  expect(() => median([])).toThrow('Cannot compute a quantile');
});
