import { startRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { ConflictError, DeadlockError } from '../../src/errors.ts';
import type { WaitPosition } from '../../src/locks/leases/waitForRecords.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  getConflicts,
  joinWaitList,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

/** A client with a clock of its own, and one who holds `cities/1`. */
async function openBlocked() {
  const clock = handClock();
  const client = await open({ clock, authorizeTakeOver: () => true });
  const holding = toLeaseSecret(await client.registry.acquire({ holder: ann, records: ['cities/1'] }));
  const inLine = async () => Number(await client.redis.hlen(client.keys.pending));
  return { ...client, clock, holding, inLine };
}

describe('a waiter whose time is over', () => {
  it('P3: a waiter whose time is over learns who still blocks, and leaves nothing behind', async () => {
    const { locks, registry, clock, inLine } = await openBlocked();
    const other = toLeaseSecret(await registry.acquire({ holder: cy, records: ['cities/2'] }));
    const attempt = getConflicts(
      locks.acquire({ holder: bo, records: cities(1, 3), onConflict: 'wait', waitMs: 5_000 }),
    );
    await until(async () => (await inLine()) === 1);
    await registry.release(other);
    clock.turn(4_999);
    expect(await inLine()).toBe(1);
    clock.turn(1);
    expect(await attempt).toMatchObject([{ lease: { holder: ann }, records: ['cities/1'] }]);
    expect(await inLine()).toBe(0);
    await registry.acquire({ holder: cy, records: ['cities/3'] });
  });

  it('P3: a waiter whose time is over learns of a lease that has blocked only since it waited', async () => {
    const { locks, registry, clock, inLine } = await openBlocked();
    const attempt = getConflicts(
      locks.acquire({ holder: bo, records: ['cities/1'], onConflict: 'wait', waitMs: 5_000 }),
    );
    await until(async () => (await inLine()) === 1);
    const { actor } = cy;
    await locks.takeOver({ holder: cy, records: ['cities/1'], by: actor, reason: 'urgent' });
    expect((await registry.check(['cities/1'])).held.size).toBe(1);
    clock.turn(5_000);
    expect(await attempt).toMatchObject([{ lease: { holder: cy }, records: ['cities/1'] }]);
  });
});

describe('a waiter whose signal aborts', () => {
  it('a waiter rejects with the reason of its signal, and nothing stays', async () => {
    const { locks, registry, holding, inLine } = await openBlocked();
    const giveUp = new AbortController();
    const attempt = errorOf(
      locks.acquire({ holder: bo, records: cities(1, 2), onConflict: 'wait', signal: giveUp.signal }),
    );
    await until(async () => (await inLine()) === 1);
    const reason = new Error('the form was closed');
    giveUp.abort(reason);
    expect(await attempt).toBe(reason);
    expect(await inLine()).toBe(0);
    await registry.release(holding);
    expect((await registry.check(cities(1, 2))).held.size).toBe(0);
  });

  it('a request whose signal has aborted before asks for nothing', async () => {
    const { locks, redis, keys } = await openBlocked();
    const fence = await redis.get(`${keys.prefix}fence`);
    const signal = AbortSignal.abort(new Error('too late'));
    for (const onConflict of ['refuse', 'wait'] as const) {
      const attempt = locks.acquire({ holder: bo, records: ['cities/5'], onConflict, signal });
      expect(await errorOf(attempt)).toBe(signal.reason);
    }
    expect(await redis.get(`${keys.prefix}fence`)).toBe(fence);
  });

  it('an aborted waiter is not left with a lease that came into force in the same moment', async () => {
    const { locks, registry, holding, inLine, redis, keys } = await openBlocked();
    const giveUp = new AbortController();
    const attempt = errorOf(
      locks.acquire({ holder: bo, records: ['cities/1'], onConflict: 'wait', signal: giveUp.signal }),
    );
    await until(async () => (await inLine()) === 1);
    const released = registry.release(holding);
    giveUp.abort(new Error('closed'));
    await released;
    expect(await attempt).toMatchObject({ message: 'closed' });
    await until(async () => (await redis.hlen(keys.heartbeats)) === 0);
    expect(await inLine()).toBe(0);
  });
});

describe('a waiter in a process', () => {
  it('a waiter learns its first position and each change, and gets its lease in the end', async () => {
    const { locks, registry, holding, clock } = await openBlocked();
    const first = await joinWaitList(registry, { holder: cy, records: ['cities/1'] });
    const second = await joinWaitList(registry, { holder: person('Di'), records: ['cities/1'] });
    const positions: WaitPosition[] = [];
    const onPosition = (position: WaitPosition) => positions.push(position);
    const attempt = locks.acquire({ holder: bo, records: ['cities/1'], onConflict: 'wait', onPosition });
    const untilPositions = (...expected: number[]) =>
      until(() => {
        clock.turn(1_000);
        return JSON.stringify(positions.map(({ position }) => position)) === JSON.stringify(expected);
      });
    await untilPositions(3);
    expect(positions[0]!.conflicts.map(({ lease }) => lease.holder)).toEqual([ann, cy, person('Di')]);
    await registry.release(holding);
    await untilPositions(3, 2);
    await registry.release(first.leaseSecret);
    await untilPositions(3, 2, 1);
    await registry.release(second.leaseSecret);
    const lease = await attempt;
    expect(lease.records).toEqual(['cities/1']);
    await lease.renew();
  });

  it('a waiter learns at its next heartbeat of a lease whose notice was lost', async () => {
    const deaf = await startRedis();
    const { locks, registry, redis, holding, clock, inLine } = await openBlocked();
    // It subscribes on a real connection, to a Redis that never answers.
    redis.duplicate = () => new Redis(deaf.url);
    const attempt = locks.acquire({ holder: bo, records: ['cities/1'], onConflict: 'wait' });
    await until(async () => (await inLine()) === 1);
    await registry.release(holding);
    let lease: Awaited<typeof attempt> | undefined;
    void attempt.then((acquired) => {
      lease = acquired;
    });
    await until(() => {
      clock.turn(1_000);
      return lease;
    });
    await lease!.renew();
    await locks.close();
    await deaf.stop();
  });

  it('a waiter that crashes leaves the wait list, and the leases after it move up', async () => {
    const { locks, registry, holding, clock, inLine } = await openBlocked();
    await locks.start();
    await joinWaitList(registry, { holder: bo, records: cities(1, 2), ttlMs: 3_000 });
    const living = await joinWaitList(registry, { holder: cy, records: ['cities/2'], ttlMs: 3_000 });
    expect(living.position).toBe(2);
    let looks = 0;
    await until(async () => {
      await registry.renew(holding);
      await living.renew();
      clock.turn(1_000);
      looks++;
      return (await inLine()) === 0;
    });
    expect(looks).toBeGreaterThan(3);
    expect(await living.renew()).toMatchObject({ kind: 'acquired' });
    await registry.renew(holding);
  });

  it('a request is refused if more than a thousand wait already', async () => {
    const { registry } = await openBlocked();
    await registry.acquire({ holder: ann, records: cities(1_000, 1_001) });
    const queue = (i: number) =>
      registry.acquireOrWait({ holder: person(`W${i}`), records: [`cities/${1_000 + i}`] });
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => queue(i)));
    expect(await errorOf(queue(1_000))).toMatchObject({ code: 'rate_limited' });
  });
});

describe('a deadlock', () => {
  it('waiting is refused to a holder that would close the circle, and leaves nothing behind', async () => {
    const { registry, holding, inLine } = await openBlocked();
    const other = toLeaseSecret(await registry.acquire({ holder: bo, records: ['cities/2'] }));
    const waiting = await joinWaitList(registry, { holder: ann, records: ['cities/2'] });
    const error = await errorOf(registry.acquireOrWait({ holder: bo, records: cities(1, 1) }));
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error).toBeInstanceOf(ConflictError);
    expect((error as DeadlockError).conflicts).toMatchObject([{ lease: { holder: ann } }]);
    expect(await inLine()).toBe(1);
    await registry.release(other);
    expect(await waiting.renew()).toMatchObject({ kind: 'acquired' });
    await registry.renew(holding);
  });

  it('a deadlock is found through any number of others, and through requests in parts', async () => {
    const { registry } = await openBlocked();
    const names = ['P2', 'P3', 'P4'];
    for (const [i, name] of names.entries()) {
      await registry.acquire({ holder: person(name), records: [`cities/${i + 2}`] });
      await joinWaitList(registry, { holder: person(name), records: [`cities/${i + 1}`] });
    }
    for (const records of [['cities/4'], ['cities/4', ...cities(100, 12_000)]] as never[][]) {
      expect(await errorOf(registry.acquireOrWait({ holder: ann, records }))).toBeInstanceOf(DeadlockError);
    }
    // A holder of nothing that they wait for closes no circle.
    await joinWaitList(registry, { holder: bo, records: ['cities/4'] });
  });
});
