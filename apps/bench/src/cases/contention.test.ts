import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Contender } from '../systems/lockSystem.ts';
import { type ContentionOptions, contention } from './contention.ts';

/** First come, first served, in this process. */
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

const nobodyWaits: Contender = { lock: async () => async () => {} };

/** A clock that only work turns. */
function options(workMs: number): Omit<ContentionOptions, 'contenders'> {
  let ms = 0;
  const work = async () => {
    await nextTurn();
    ms += workMs;
  };
  return { id: '1', goal: { durationMs: 100 }, workMs, now: () => ms, work };
}

test('counts what was done in the time, and how long each waited for it', async () => {
  const lock = fairLock();
  const sample = await contention({ contenders: [lock, lock, lock, lock, lock], ...options(2) });
  expect(sample).toMatchObject({ sections: 50, sectionsPerSecond: 500, lostUpdates: 0, meanWorkMs: 2 });
  expect([sample.fewestSections, sample.mostSections]).toEqual([10, 10]);
  expect(sample.longestWaitMs).toBe(8);
});

test('with a share for each, it lasts until everybody has had it', async () => {
  const lock = fairLock();
  const goal = { sectionsEach: 3 };
  const sample = await contention({ contenders: [lock, lock], ...options(5), goal });
  expect(sample).toMatchObject({ sections: 6, sectionsPerSecond: 200, fewestSections: 3, mostSections: 3 });
});

test('two that are there at once lose updates, and that is seen', async () => {
  const { lostUpdates } = await contention({ contenders: [nobodyWaits, nobodyWaits], ...options(2) });
  expect(lostUpdates).toBeGreaterThan(0);
});

test('a wait that the end cuts off counts as far as it went', async () => {
  const lock = fairLock();
  const sample = await contention({ contenders: [lock, lock, lock], ...options(60) });
  expect(sample).toMatchObject({ sections: 1, longestWaitMs: 100, lostUpdates: 0 });
});
