import { expect, it } from 'vitest';
import { createFirstTimes } from './firstTimes.ts';

it('a thing happens for the first time once', () => {
  const isFirst = createFirstTimes();
  expect([isFirst('a'), isFirst('a'), isFirst('b')]).toEqual([true, false, true]);
});

it('no thing counts as a first time after 50 different ones, so that the log stays readable', () => {
  const isFirst = createFirstTimes();
  for (let i = 0; i < 50; i++) expect(isFirst(`thing ${i}`)).toBe(true);
  expect(isFirst('another thing')).toBe(false);
});
