import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { ConflictError, LeaseLostError } from '../../src/errors.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  errorOf,
  listBlockers,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open, server } = useRedis();

describe('a lease of a process', () => {
  it('a lease renews itself, so it outlives its TTL for as long as its process lives', async () => {
    const clock = handClock();
    const { locks, registry, redis, keys } = await open({ clock });
    const lease = await locks.acquire({ holder: ann, records: ['cities/1'], ttlMs: 3_000 });
    const isRenewed = async () => {
      clock.turn(100);
      return Number(await redis.hget(keys.heartbeats, lease.id)) >= 5;
    };
    await until(isRenewed, { intervalMs: 1 });
    expect(clock.nowMs()).toBeGreaterThan(4_500);
    expect(lease.signal.aborted).toBe(false);
    expect(await registry.isInForce(lease.id)).toBe(true);
  });

  it('P4: a lost lease aborts its signal at the next renewal', async () => {
    const clock = handClock();
    const { locks, registry } = await open({ clock });
    const lease = await locks.acquire({ holder: ann, records: ['cities/1'], ttlMs: 3_000 });
    await registry.release(toLeaseSecret(lease));
    expect(lease.signal.aborted).toBe(false);
    clock.turn(1_100);
    await until(() => lease.signal.aborted);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
    await lease.release();
  });

  it('P4: a lease aborts its signal by its own clock if Redis does not answer within the TTL', async () => {
    const clock = handClock();
    const { locks } = await open({ clock });
    const lease = await locks.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
    server().pause();
    try {
      clock.turn(999);
      expect(lease.signal.aborted).toBe(false);
      clock.turn(1);
      expect(lease.signal.aborted).toBe(true);
    } finally {
      server().resume();
    }
  });

  it('a lease is released by await using, also if the work throws', async () => {
    const { locks } = await open();
    const work = async () => {
      await using lease = await locks.acquire({ holder: ann, records: ['cities/1'] });
      expect(lease.records).toEqual(['cities/1']);
      throw new Error('half way');
    };
    await expect(work()).rejects.toThrow('half way');
    expect((await locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('a lease lists its records while it is extended and releases some', async () => {
    const { locks } = await open();
    await locks.acquire({ holder: bo, records: ['cities/1'] });
    const lease = await locks.acquire({ holder: ann, records: cities(0, 3), onConflict: 'skip' });
    expect([lease.records, lease.skipped]).toEqual([['cities/0', 'cities/2'], ['cities/1']]);
    expect(await lease.extend(['cities/1', 'cities/7'], { onConflict: 'skip' })).toEqual(['cities/1']);
    await lease.release(['cities/0']);
    expect(lease.records).toEqual(['cities/2', 'cities/7']);
    await lease.release(['cities/2', 'cities/7']);
    expect(await errorOf(lease.renew())).toBeInstanceOf(LeaseLostError);
    await lease.release();
  });
});

describe('work under a lock', () => {
  it.each(['refuse', 'wait'] as const)(
    'P1: no update is lost of many that read, wait and write (%s)',
    async (onConflict) => {
      const { locks } = await open();
      let value = 0;
      const increment = async (i: number): Promise<void> => {
        try {
          await locks.withLock({ holder: person(`P${i}`), records: ['cities/1'], onConflict }, async () => {
            const read = value;
            await new Promise((resolve) => setImmediate(resolve));
            value = read + 1;
          });
        } catch (error) {
          if (onConflict === 'wait' || !(error instanceof ConflictError)) throw error;
          return increment(i);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => increment(i)));
      expect(value).toBe(20);
    },
  );

  it('work under a lock does not start if the records are held, and withLock answers its result', async () => {
    const { locks } = await open();
    const lease = await locks.acquire({ holder: ann, records: ['cities/1'] });
    let begun = 0;
    const work = () => locks.withLock({ holder: bo, records: ['cities/1'] }, async () => ++begun);
    expect(await listBlockers(work())).toEqual(["Ann's form"]);
    expect(begun).toBe(0);
    await lease.release();
    expect(await work()).toBe(1);
    expect((await locks.check(['cities/1'])).held.size).toBe(0);
  });
});
