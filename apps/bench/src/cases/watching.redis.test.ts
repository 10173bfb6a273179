import { afterAll, beforeAll, expect, test } from 'vitest';
import { cityIds } from '../cityIds.ts';
import { type RunningServers, startServers } from '../servers.ts';
import { floor } from '../systems/floor.ts';
import { rowlock } from '../systems/rowlock.ts';
import { openSubtreeLocks } from '../systems/rowlockSubtree.ts';
import { memory } from './memory.ts';
import { startProber } from './prober.ts';
import { longestCommandDuring } from './slowLog.ts';
import { subtreeCost } from './subtree.ts';

let servers: RunningServers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.stop());

/** Keeps Redis busy for the given ms of its own clock. */
const BLOCK = `
  local function nowUs() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
  local untilUs = nowUs() + ARGV[1] * 1000
  while nowUs() < untilUs do end`;
const block = (ms: number) => servers.redis.eval(BLOCK, 0, ms);

test('the prober measures each script that blocks Redis', async () => {
  const prober = await startProber(servers.redisUrl);
  try {
    // On a busy machine, a probe may be sent after the script has begun, and then waits for less.
    const blocked = await prober.during(() => block(300));
    expect(blocked.worstMs).toBeGreaterThanOrEqual(250);
    const again = await prober.during(() => block(150));
    expect(again.worstMs).toBeGreaterThanOrEqual(125);
  } finally {
    await prober.close();
  }
});

test('longestCommandDuring returns the longest command as Redis measured it', async () => {
  const { longestMs, result } = await longestCommandDuring(servers.redis, async () => {
    await block(40);
    await block(10);
    return 'done';
  });
  expect(result).toBe('done');
  expect(longestMs).toBeGreaterThanOrEqual(40);
});

test('memory counts the bytes of each record and removes all keys', async () => {
  const ids = cityIds(2_000);
  const { redis } = servers;
  const floorCost = await memory({ system: floor, servers, redis, ids });
  expect(floorCost.keyBytesPerRecord).toBeGreaterThan(30);
  expect(floorCost.bytesPerRecord).toBeLessThan(150);
  const ownCost = await memory({ system: rowlock, servers, redis, ids });
  expect(ownCost.bytesPerRecord).toBeGreaterThan(floorCost.bytesPerRecord);
  expect(await redis.dbsize()).toBe(0);
});

test('subtreeCost refuses a lock on a country that does not cover its cities', async () => {
  const locks = openSubtreeLocks(servers.redisUrl);
  try {
    const cost = await subtreeCost({ locks, rounds: 2 });
    expect(cost.citiesBelow).toBe(8_836);
    expect(cost.subtreeMs).toBeLessThan(cost.eachCityMs);
    const blind = { ...locks, isCityFree: async () => true };
    await expect(subtreeCost({ locks: blind, rounds: 1 })).rejects.toThrow('does not cover its cities');
  } finally {
    await locks.close();
  }
});
