import { expect, test } from 'vitest';
import type { OpenLockSystem } from '../systems/lockSystem.ts';
import { flatCost } from './flatCost.ts';

/** A system whose calls move the clock by their cost. */
function system(
  clock: { ms: number },
  costMs: (records: number) => number,
  journal: number[],
): OpenLockSystem {
  return {
    async acquire({ length }) {
      journal.push(length);
      const spend = async () => {
        clock.ms += costMs(length);
      };
      return { renew: spend, release: spend };
    },
    close: async () => {},
  };
}

test('flatCost returns the medians of both sizes for each verb that the system has', async () => {
  const clock = { ms: 0 };
  const linear = system(clock, (records) => records * 2, []);
  const options = { one: ['1'], many: ['1', '2', '3'], rounds: 4, now: () => clock.ms };
  expect(await flatCost({ system: linear, ...options })).toEqual([
    { verb: 'renew', records: 3, oneMs: 2, manyMs: 6 },
    { verb: 'release', records: 3, oneMs: 2, manyMs: 6 },
  ]);
});

test('each size comes first in every second round', async () => {
  const journal: number[] = [];
  const flat = system({ ms: 0 }, () => 1, journal);
  await flatCost({ system: flat, one: ['1'], many: ['1', '2'], rounds: 2 });
  expect(journal).toEqual([1, 2, 2, 1]);
});
