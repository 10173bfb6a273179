import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Contender } from '../systems/lockSystem.ts';
import { type ContentionOptions, contention } from './contention.ts';

/** A lock in this process that serves holders in the order of their requests. */
function fairLock(): Contender {
  let last = Promise.resolve();
  return {
    async lock() {
      const before = last;
      let unlock = () => {};
      last = new Promise((resolve) => {
        unlock = resolve;
      });
      await before;
      return async () => unlock();
    },
  };
}

const withoutExclusion: Contender = { lock: async () => async () => {} };

/** Options with a clock that only work moves on. */
function options(workMs: number): Omit<ContentionOptions, 'contenders'> {
  let ms = 0;
  const work = async () => {
    await nextTurn();
    ms += workMs;
  };
  return { id: '1', goal: { durationMs: 100 }, workMs, now: () => ms, work };
}

test('contention counts the sections in the time and the wait for each', async () => {
  const lock = fairLock();
  const sample = await contention({ contenders: [lock, lock, lock, lock, lock], ...options(2) });
  expect(sample).toMatchObject({ sections: 50, sectionsPerSecond: 500, lostUpdates: 0, meanWorkMs: 2 });
  expect([sample.fewestSections, sample.mostSections]).toEqual([10, 10]);
  expect(sample.longestWaitMs).toBe(8);
});

test('contention with a goal of sections ends when each holder has had them', async () => {
  const lock = fairLock();
  const goal = { sectionsEach: 3 };
  const sample = await contention({ contenders: [lock, lock], ...options(5), goal });
  expect(sample).toMatchObject({ sections: 6, sectionsPerSecond: 200, fewestSections: 3, mostSections: 3 });
});

test('contention detects the lost updates of two holders at the same time', async () => {
  const { lostUpdates } = await contention({
    contenders: [withoutExclusion, withoutExclusion],
    ...options(2),
  });
  expect(lostUpdates).toBeGreaterThan(0);
});

test('a wait that the end of the run interrupts counts up to the end', async () => {
  const lock = fairLock();
  const sample = await contention({ contenders: [lock, lock, lock], ...options(60) });
  expect(sample).toMatchObject({ sections: 1, longestWaitMs: 100, lostUpdates: 0 });
});
