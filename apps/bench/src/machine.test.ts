import { expect, test } from 'vitest';
import { isBusy } from './machine.ts';

test.each([
  [0.9, 2, false],
  [1.1, 2, true],
  [1.1, 8, false],
])('a machine with a load of %d on %d cores is busy: %s', (loadBefore, cores, expected) => {
  expect(isBusy({ loadBefore, cores })).toBe(expected);
});
