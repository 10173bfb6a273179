import { expect, test } from 'vitest';
import { measure } from './measure.ts';
import type { LockSystem } from './systems/lockSystem.ts';

function recording(name: string, journal: string[], clearUp?: () => Promise<void>): LockSystem {
  const note = async (what: string) => {
    journal.push(`${name} ${what}`);
  };
  return {
    name,
    async acquire(ids) {
      await note(`acquire ${ids.length}`);
      return { renew: () => note('renew'), release: () => note('release') };
    },
    ...(clearUp && { clearUp }),
    close: async () => {},
  };
}

test('every round begins with another system', async () => {
  const journal: string[] = [];
  const systems = ['a', 'b', 'c'].map((name) => recording(name, journal));
  await measure({ systems, size: 2, rounds: 3, warmUpRounds: 0 });
  const order = journal.filter((line) => line.includes('acquire')).map((line) => line[0]);
  expect(order.join('')).toBe('abcbcacab');
  expect(journal.slice(0, 3)).toEqual(['a acquire 2', 'a renew', 'a release']);
});

test('warm-up rounds are run but not counted', async () => {
  const journal: string[] = [];
  const samples = await measure({ systems: [recording('a', journal)], size: 1, rounds: 4, warmUpRounds: 2 });
  expect(journal.filter((line) => line === 'a renew')).toHaveLength(6);
  expect(samples.map(({ name, timesMs }) => [name, timesMs.length])).toEqual([
    ['acquire', 4],
    ['renew', 4],
    ['release', 4],
  ]);
});

test('what a release leaves for later is timed as a case of its own', async () => {
  let clock = 0;
  const sweeping = recording('a', [], async () => {
    clock += 7;
  });
  const samples = await measure({
    systems: [sweeping],
    size: 1,
    rounds: 1,
    warmUpRounds: 0,
    now: () => clock,
  });
  expect(samples.find(({ name }) => name === 'sweep')?.timesMs).toEqual([7]);
  expect(samples.find(({ name }) => name === 'release')?.timesMs).toEqual([0]);
});
