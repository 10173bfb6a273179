import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServers, startServers, withSystems } from '../servers.ts';
import { floor } from './floor.ts';
import type { HeldRecords } from './lockSystem.ts';
import { postgres } from './postgres.ts';
import { redisSemaphore } from './redisSemaphore.ts';
import { redlock } from './redlock.ts';
import { redlockUniversal } from './redlockUniversal.ts';
import { rowlock } from './rowlock.ts';
import { setNx } from './setNx.ts';

let servers: RunningServers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.stop());

const IDS = ['2000001', '2000002', '2000003'];
const LOCKS = [rowlock, redlock, redlockUniversal, redisSemaphore, postgres];
const named = (systems: typeof LOCKS) => systems.map((system) => [system.name, system] as const);

async function renewAndTransfer(held: HeldRecords): Promise<void> {
  await held.renew?.();
  await held.transfer?.();
  await held.renew?.();
}

test.each(named([...LOCKS, setNx]))('%s refuses held records until they are released', async (_, system) => {
  const ids = system === setNx ? IDS.slice(0, 1) : IDS;
  await withSystems([system, system], servers, async ([one, other]) => {
    const held = await one!.system.acquire(ids);
    await renewAndTransfer(held);
    await expect(other!.system.acquire(ids.slice(-1))).rejects.toThrow();
    await held.release();
    await (await other!.system.acquire(ids)).release();
  });
});

test.each(named(LOCKS))('%s releases all records that it acquired', async (_, system) => {
  await withSystems([system], servers, async ([open]) => {
    for (let round = 0; round < 3; round++) await (await open!.system.acquire(IDS)).release();
  });
});

test.each(named(LOCKS.filter((system) => system !== postgres)))(
  'a waiting holder of %s acquires the record when it is released',
  async (_, system) => {
    await withSystems([system, system], servers, async ([one, other]) => {
      const [first, second] = [one!.system.contender!('first'), other!.system.contender!('second')];
      const unlock = await first.lock('2000009');
      const order: string[] = [];
      const waiting = second.lock('2000009').then((release) => {
        order.push('second has it');
        return release;
      });
      // After these answers of Redis, a wrong acquire would have happened.
      for (let i = 0; i < 50; i++) await servers.redis.ping();
      order.push('first releases it');
      await unlock();
      await (await waiting)();
      expect(order).toEqual(['first releases it', 'second has it']);
    });
  },
);

test('the floor writes an entry for each record and leaves nothing behind', async () => {
  await withSystems([floor], servers, async ([open]) => {
    const held = await open!.system.acquire(IDS);
    await held.renew?.();
    expect(await servers.redis.hlen('bench:floor')).toBe(3);
    await held.release();
    expect(await servers.redis.exists('bench:floor')).toBe(0);
  });
});
