import { expect, test } from 'vitest';
import type { OpenLockSystem } from '../systems/lockSystem.ts';
import { costAtSize, type Entrant } from './costAtSize.ts';

function recording(name: string, journal: string[], rounds: number, clearUp?: () => Promise<void>): Entrant {
  const note = async (what: string) => {
    journal.push(`${name} ${what}`);
  };
  const system: OpenLockSystem = {
    async acquire(ids) {
      await note(`acquire ${ids.length}`);
      return { renew: () => note('renew'), release: () => note('release') };
    },
    ...(clearUp && { clearUp }),
    close: async () => {},
  };
  return { name, system, rounds };
}

const acquirers = (journal: string[]) =>
  journal.filter((line) => line.includes('acquire')).map((line) => line[0]);

test('each round begins with another system', async () => {
  const journal: string[] = [];
  const entrants = ['a', 'b', 'c'].map((name) => recording(name, journal, 5));
  await costAtSize({ entrants, ids: ['1', '2'] });
  const warmUp = 'abc';
  expect(acquirers(journal).join('')).toBe(`${warmUp}abcbcacababcbca`);
  expect(journal.slice(0, 3)).toEqual(['a acquire 2', 'a renew', 'a release']);
});

test('a slow system runs fewer rounds, at even distances', async () => {
  const journal: string[] = [];
  await costAtSize({ entrants: [recording('a', journal, 6), recording('b', journal, 2)], ids: ['1'] });
  const counted = acquirers(journal).slice(3).join('');
  expect(counted).toBe('aaabaaba');
});

test('warm-up rounds run but do not count, and are a fifth of the rounds', async () => {
  const journal: string[] = [];
  const samples = await costAtSize({ entrants: [recording('a', journal, 10)], ids: ['1'] });
  expect(journal.filter((line) => line === 'a renew')).toHaveLength(12);
  expect(samples.map(({ verb, timesMs }) => [verb, timesMs.length])).toEqual([
    ['acquire', 10],
    ['renew', 10],
    ['release', 10],
  ]);
});

test('the sweep after a release is timed as a separate verb', async () => {
  let clock = 0;
  const sweeping = recording('a', [], 1, async () => {
    clock += 7;
  });
  const samples = await costAtSize({ entrants: [sweeping], ids: ['1'], now: () => clock });
  expect(samples.find(({ verb }) => verb === 'sweep')?.timesMs).toEqual([7]);
  expect(samples.find(({ verb }) => verb === 'release')?.timesMs).toEqual([0]);
});
