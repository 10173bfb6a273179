import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { RestartGraceError } from '../../src/locks/registry/restartGrace.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  joinWaitList,
  type LockClient,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open, server } = useRedis();
let keeping: TestRedis;
beforeAll(async () => {
  keeping = await startRedis({ appendonly: 'always' });
});
afterAll(() => keeping.stop());

const restart = async (redis: TestRedis, ...clients: LockClient[]) => {
  await redis.restart();
  for (const client of clients) await until(() => client.redis.ping());
};

describe('after a restart that kept the data', () => {
  it('P1, P5: living owners continue, newcomers are refused during the restart grace, and fences rise', async () => {
    const clock = handClock();
    const client = await open({ url: keeping.url, clock });
    const { registry, log } = client;
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await joinWaitList(registry, { holder: cy, records: ['cities/1'] });
    await restart(keeping, client);

    const attempt = () => registry.acquire({ holder: bo, records: ['cities/2'] });
    const refusal = await errorOf(attempt());
    expect(refusal).toBeInstanceOf(RestartGraceError);
    expect(refusal).toMatchObject({ code: 'unavailable', retryAfterMs: 10_000 });
    for (const error of await Promise.all(
      [
        registry.acquireOrWait({ holder: bo, records: ['cities/2'] }),
        registry.acquire({ holder: bo, records: cities(10, 12_000) }),
        registry.takeOver({ holder: bo, records: ['cities/2'], leaseIds: [], by: bo.actor, reason: 'now' }),
        registry.extend(toLeaseSecret(acquired), { records: ['cities/3'] }),
      ].map(errorOf),
    )) {
      expect(error).toBeInstanceOf(RestartGraceError);
    }
    await registry.renew(toLeaseSecret(acquired));
    expect((await registry.prove(toLeaseSecret(acquired), ['cities/1'])).uncovered).toEqual([]);
    await registry.release(toLeaseSecret(acquired));
    const answer = await waiting.renew();
    if (answer.kind !== 'acquired') throw new Error('not acquired');
    expect(BigInt(answer.lease.fence)).toBeGreaterThan(BigInt(acquired.fence));

    clock.turn(9_999);
    expect(await errorOf(attempt())).toMatchObject({ retryAfterMs: 1 });
    clock.turn(1);
    const later = await attempt();
    expect(BigInt(later.fence)).toBeGreaterThan(BigInt(answer.lease.fence));
    expect((await log()).filter(({ kind }) => kind === 'epoch')).toHaveLength(2);
  });

  it('P6: an ended lease cannot be reasserted, swept or not', async () => {
    const client = await open({ url: keeping.url, clock: handClock() });
    const { registry, sweepAll } = client;
    const requests = [cities(0, 2), cities(2, 2)].map((records) => ({ holder: ann, records }));
    const ended = [];
    for (const request of requests) {
      ended.push(await registry.acquire(request));
      await registry.release(toLeaseSecret(ended.at(-1)!));
      if (ended.length === 1) await sweepAll();
    }
    await restart(keeping, client);
    for (const [i, acquired] of ended.entries()) {
      expect(await errorOf(registry.reassert(toLeaseSecret(acquired), requests[i]!))).toBeInstanceOf(
        LeaseLostError,
      );
    }
    expect((await registry.check(cities(0, 4))).held.size).toBe(0);
  });

  it('an observer ends the restart grace without any request', async () => {
    const clock = handClock();
    const client = await open({ url: keeping.url, clock });
    await client.locks.start();
    await client.registry.release(
      toLeaseSecret(await client.registry.acquire({ holder: ann, records: ['cities/1'] })),
    );
    await restart(keeping, client);
    expect(await errorOf(client.registry.acquire({ holder: bo, records: ['cities/1'] }))).toBeInstanceOf(
      RestartGraceError,
    );
    await until(async () => {
      clock.turn(1_000);
      return (await client.redis.hget(`${client.keys.prefix}meta`, 'grace')) === '0';
    });
  });
});

describe('after a restart that lost the data', () => {
  it('P1, P5: a living owner acquires its lost lease again under its id, and newcomers wait for the end of the restart grace', async () => {
    const clock = handClock();
    const client = await open({ clock });
    const { registry } = client;
    const request = { holder: ann, records: cities(1, 3) };
    const acquired = await registry.acquire(request);
    await restart(server(), client);
    expect(await errorOf(registry.renew(toLeaseSecret(acquired)))).toBeInstanceOf(LeaseLostError);
    const again = await registry.reassert(toLeaseSecret(acquired), request);
    expect(again).toMatchObject({ id: acquired.id, secret: acquired.secret, recordCount: 3 });
    expect(BigInt(again.fence)).toBeGreaterThan(BigInt(acquired.fence));
    await registry.renew(toLeaseSecret(acquired));

    const attempt = () => registry.acquire({ holder: bo, records: ['cities/3'] });
    expect(await errorOf(attempt())).toBeInstanceOf(RestartGraceError);
    clock.turn(10_000);
    expect(await listBlockers(attempt())).toEqual(["Ann's form"]);
    expect(
      await errorOf(registry.reassert(toLeaseSecret(acquired), { holder: bo, records: ['cities/9'] })),
    ).toBeInstanceOf(LeaseLostError);
  });

  it('P1: an observer that starts before the owner keeps out others, and not the owner', async () => {
    const client = await open({ clock: handClock() });
    const { registry } = client;
    const request = { holder: ann, records: ['cities/1'] as const };
    const acquired = await registry.acquire(request);
    await restart(server(), client);
    await registry.checkRestart();
    const attempt = registry.acquire({ holder: bo, records: ['cities/1'] });
    expect(await errorOf(attempt)).toBeInstanceOf(RestartGraceError);
    expect((await registry.reassert(toLeaseSecret(acquired), request)).id).toBe(acquired.id);
  });

  it('P1: a newcomer that comes before the owner, and knows that there were locks, is refused', async () => {
    const client = await open({ clock: handClock() });
    const { registry } = client;
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await restart(server(), client);
    const attempt = registry.acquire({ holder: bo, records: ['cities/1'] });
    expect(await errorOf(attempt)).toBeInstanceOf(RestartGraceError);
    const again = await registry.reassert(toLeaseSecret(acquired), { holder: ann, records: ['cities/1'] });
    expect(again.id).toBe(acquired.id);
  });

  it('P1: the first of two owners that reassert the same record acquires it', async () => {
    const client = await open({ clock: handClock() });
    const { registry } = client;
    const request = { holder: ann, records: cities(1, 2) };
    const acquired = await registry.acquire(request);
    await registry.release(toLeaseSecret(acquired));
    const next = await registry.acquire({ holder: bo, records: cities(2, 2) });
    await restart(server(), client);
    await registry.reassert(toLeaseSecret(next), { holder: bo, records: cities(2, 2) });
    expect(await errorOf(registry.reassert(toLeaseSecret(acquired), request))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(1, 3))).held).toEqual(
      new Map(cities(2, 2).map((record) => [record, [next.id]])),
    );
  });

  it('P4, P5: a lease in a process is acquired again as soon as Redis returns, with a new fence', async () => {
    const client = await open();
    const { locks } = client;
    const lease = await locks.acquire({ holder: ann, records: cities(1, 2) });
    await lease.extend(['cities/9']);
    const { fence } = lease;
    await restart(server(), client);
    await until(() => lease.fence !== fence);
    expect(BigInt(lease.fence)).toBeGreaterThan(BigInt(fence));
    expect(lease.signal.aborted).toBe(false);
    expect((await locks.check([...cities(1, 2), 'cities/9'])).held.size).toBe(3);
    await lease.release();
  });

  it('a waiter in a process continues to wait, again at the end of the wait list', async () => {
    const client = await open({ recovery: { graceMs: 200 } });
    const { locks, redis, keys } = client;
    const holding = await locks.acquire({ holder: ann, records: ['cities/1'] });
    const attempt = locks.acquire({ holder: bo, records: ['cities/1'], onConflict: 'wait' });
    const leaseId = await until(async () => (await redis.hkeys(keys.pending))[0]);
    await restart(server(), client);
    await until(async () => {
      const [again] = await redis.hkeys(keys.pending);
      return again !== undefined && again !== leaseId;
    });
    await holding.release();
    expect((await attempt).records).toEqual(['cities/1']);
  });

  it('a restarted Redis without any data serves everybody at once', async () => {
    const client = await open({ hasMetRedis: false });
    await restart(server(), client);
    await client.registry.acquire({ holder: ann, records: ['cities/1'] });
  });
});

describe('a Redis that has lost its scripts', () => {
  it('a Redis that has lost its scripts gets them again, whatever the verb', async () => {
    const { registry, redis, locks } = await open();
    const flushed = async <T>(verb: () => Promise<T>): Promise<T> => {
      await redis.script('FLUSH');
      return verb();
    };
    const acquired = await flushed(() => registry.acquire({ holder: ann, records: cities(0, 3) }));
    const leaseSecret = toLeaseSecret(acquired);
    await flushed(() => registry.renew(leaseSecret));
    await flushed(() => registry.extend(leaseSecret, { records: ['cities/5'] }));
    await flushed(() => registry.releaseRecords(leaseSecret, ['cities/5']));
    await flushed(() => registry.prove(leaseSecret, cities(0, 3)));
    await flushed(() => registry.check(cities(0, 3)));
    await flushed(() => joinWaitList(registry, { holder: bo, records: ['cities/1'] }));
    await flushed(() => locks.audit.listByRecord('cities/1'));
    await flushed(() => registry.release(leaseSecret));
    await flushed(() => registry.sweep());
    await flushed(() => registry.acquire({ holder: cy, records: cities(100, 12_000) }));
  });
});
