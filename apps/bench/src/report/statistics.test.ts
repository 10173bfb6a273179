import { expect, test } from 'vitest';
import { median, quantile } from './statistics.ts';

test('the median is the middle value, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('of an even number of values the median is the lower of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2);
});

test('a quantile is one of the values: p99 of 100 values is the last but one', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile([7], 0.99)).toBe(7);
});

test('nothing has no median', () => {
  expect(() => median([])).toThrow('no quantile of no values');
});
