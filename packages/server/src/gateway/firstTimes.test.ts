import { expect, it } from 'vitest';
import { createFirstTimes } from './firstTimes.ts';

it('a thing happens for the first time once', () => {
  const isFirst = createFirstTimes();
  expect([isFirst('a'), isFirst('a'), isFirst('b')]).toEqual([true, false, true]);
});

it('after 50 different things nothing is a first time, so that the log stays readable', () => {
  const isFirst = createFirstTimes();
  for (let i = 0; i < 50; i++) expect(isFirst(`thing ${i}`)).toBe(true);
  expect(isFirst('another thing')).toBe(false);
});
