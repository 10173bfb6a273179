import type { Holder, RecordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, LeaseLostError, UnavailableError } from '../errors.ts';
import { type LogEntry, type RawEntry, readEntry } from '../log/entry.ts';
import { connect, openCommands } from '../redis/connection.ts';
import { type Keys, keysOf } from '../redis/keys.ts';
import { createLockRegistry, type LockRegistry } from './registry.ts';

const ann: Holder = { type: 'person', id: 'tab-1', label: 'Edit Paris', actor: { id: 'ann', name: 'Ann' } };
const bo: Holder = { type: 'person', id: 'tab-2', label: 'Edit Lyon', actor: { id: 'bo', name: 'Bo' } };
const cities = (from: number, count: number): RecordKey[] =>
  Array.from({ length: count }, (_, i) => `cities/${from + i}` as const);

let server: TestRedis;
let redis: Redis;
let keys: Keys;
let registry: LockRegistry;
let namespaces = 0;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

beforeEach(async () => {
  redis = openCommands(server.url);
  await connect(redis);
  const namespace = `test-${++namespaces}`;
  keys = keysOf(namespace);
  registry = createLockRegistry({ redis, namespace });
});
afterEach(() => redis.disconnect());

const conflictsOf = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConflictError)) throw new Error(`expected a conflict, got ${String(error)}`);
  return error.conflicts;
};
const log = async (): Promise<LogEntry[]> =>
  ((await redis.xrange(keys.log, '-', '+')) as RawEntry[])
    .map(readEntry)
    .filter((entry) => entry !== undefined);
const sweepAll = async () => {
  while (await registry.sweep());
};

describe('acquire', () => {
  it('P1: lets nobody else take a record that is held', async () => {
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(registry.acquire({ holder: bo, records: ['cities/1'] })).rejects.toBeInstanceOf(
      ConflictError,
    );
  });

  it('P1: grants a contested record to exactly one of many that ask at once', async () => {
    const attempts = Array.from({ length: 50 }, (_, i) =>
      registry.acquire({ holder: { ...ann, id: `tab-${i}` }, records: ['cities/1', `cities/${100 + i}`] }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('P2: leaves nothing behind when it is refused, whatever the number of records', async () => {
    await registry.acquire({ holder: ann, records: ['cities/5000'] });
    const before = await redis.keys(`${keys.prefix}*`);
    await conflictsOf(registry.acquire({ holder: bo, records: cities(0, 10_000) }));
    expect((await redis.keys(`${keys.prefix}*`)).sort()).toEqual(before.sort());
    expect((await registry.check(cities(0, 10_000))).held.size).toBe(1);
  });

  it('P3: names every lease in the way, with holder, since when, how many records and the first twenty', async () => {
    const held = await registry.acquire({ holder: ann, records: cities(0, 30) });
    await registry.acquire({ holder: bo, records: ['cities/30', 'regions/FR.11'] });
    const conflicts = await conflictsOf(
      registry.acquire({ holder: { ...bo, id: 'tab-3' }, records: [...cities(0, 40), 'regions/FR.11'] }),
    );
    expect(conflicts).toHaveLength(2);
    expect(conflicts[0]).toEqual({
      lease: { id: held.id, holder: ann, mode: 'exclusive', since: held.since, recordCount: 30 },
      recordCount: 30,
      records: cities(0, 20),
    });
    expect(conflicts[1]).toMatchObject({ recordCount: 2, records: ['cities/30', 'regions/FR.11'] });
  });

  it('shares records between shared leases, and with no exclusive one', async () => {
    const first = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
    const second = await registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' });
    const conflicts = await conflictsOf(registry.acquire({ holder: bo, records: ['cities/1'] }));
    expect(conflicts.map((conflict) => conflict.lease.id)).toEqual([first.id, second.id]);

    await registry.release({ leaseId: first.id, secret: first.secret });
    await sweepAll();
    expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([second.id]);
    await registry.release({ leaseId: second.id, secret: second.secret });
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(
      registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' }),
    ).rejects.toBeInstanceOf(ConflictError);
  });

  it('counts a record that is named twice once', async () => {
    const grant = await registry.acquire({ holder: ann, records: ['cities/1', 'cities/1'] });
    expect(grant.recordCount).toBe(1);
  });

  it('refuses no records, and more than one lease can cover, with a clear error', async () => {
    await expect(registry.acquire({ holder: ann, records: [] })).rejects.toThrow('at least one record');
    await expect(registry.acquire({ holder: ann, records: cities(0, 200_001) })).rejects.toThrow(
      '200001 records were asked for, and one lease covers at most 200000',
    );
  });
});

describe('an owner', () => {
  it('P4: alone can renew and release; a forged secret does nothing', async () => {
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const forged = { leaseId: grant.id, secret: 'x'.repeat(24) };
    await expect(registry.renew(forged)).rejects.toBeInstanceOf(LeaseLostError);
    await expect(registry.release(forged)).rejects.toBeInstanceOf(LeaseLostError);
    await expect(registry.resume(forged)).rejects.toBeInstanceOf(LeaseLostError);
    await expect(registry.prove(forged, ['cities/1'])).rejects.toBeInstanceOf(LeaseLostError);
    expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([grant.id]);
  });

  it('P4: who lost the lease can do nothing with it', async () => {
    const { id: leaseId, secret } = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await registry.release({ leaseId, secret });
    await expect(registry.renew({ leaseId, secret })).rejects.toBeInstanceOf(LeaseLostError);
    await expect(registry.release({ leaseId, secret })).rejects.toBeInstanceOf(LeaseLostError);
  });

  it('takes its lease back by resume, after which the old secret is void', async () => {
    const { id: leaseId, secret } = await registry.acquire({
      holder: ann,
      records: ['cities/1', 'regions/A'],
    });
    const resumed = await registry.resume({ leaseId, secret });
    expect(resumed.records).toEqual(['cities/1', 'regions/A']);
    await expect(registry.renew({ leaseId, secret })).rejects.toBeInstanceOf(LeaseLostError);
    expect(await registry.renew({ leaseId, secret: resumed.secret })).toBe(2);
  });

  it('learns which records its lease does not cover', async () => {
    const { id: leaseId, secret, fence } = await registry.acquire({ holder: ann, records: ['cities/1'] });
    expect(await registry.prove({ leaseId, secret }, ['cities/1', 'cities/2'])).toEqual({
      fence,
      uncovered: ['cities/2'],
    });
  });
});

describe('a lease that has ended', () => {
  it('frees its records at once, before a sweeper has cleared them', async () => {
    const { id: leaseId, secret } = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
    await registry.release({ leaseId, secret });
    expect((await registry.check(cities(0, 5_000))).held.size).toBe(0);
    const next = await registry.acquire({ holder: bo, records: cities(0, 10) });
    await sweepAll();
    const { held } = await registry.check(cities(0, 5_000));
    expect([...held.keys()]).toEqual(cities(0, 10));
    expect(held.get('cities/0')).toEqual([next.id]);
  });

  it('leaves nothing behind once it is swept but what the audit trail keeps', async () => {
    const { id: leaseId, secret } = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
    await registry.release({ leaseId, secret });
    await sweepAll();
    const left = (await redis.keys(`${keys.prefix}*`)).map((key) => key.slice(keys.prefix.length));
    expect(left.sort()).toEqual(['fence', 'log', 'meta', 'past', `was:${leaseId}`]);
  });

  it('P7: expires only by compare-and-set on the heartbeat that was seen', async () => {
    const { id: leaseId, secret } = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await registry.renew({ leaseId, secret });
    expect(await registry.expire(leaseId, 0, 'expired')).toBe(false);
    expect(await registry.expire(leaseId, 1, 'expired')).toBe(true);
    expect(await registry.expire(leaseId, 1, 'expired')).toBe(false);
  });
});

describe('the change log', () => {
  it('tells of every grant and every end, in order and with the reason', async () => {
    const { id: leaseId, secret, since } = await registry.acquire({ holder: ann, records: cities(0, 3) });
    await registry.release({ leaseId, secret });
    const lease = { id: leaseId, holder: ann, mode: 'exclusive', since, recordCount: 3 };
    expect((await log()).slice(-2)).toMatchObject([
      { kind: 'acquired', lease },
      { kind: 'released', leaseId, reason: 'released' },
    ]);
  });

  it('gives a snapshot its place: what came before is in it, what comes after is not', async () => {
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    const { cursor } = await registry.check(['cities/1']);
    expect((await log()).at(-1)?.cursor).toBe(cursor);
  });
});

describe('fences', () => {
  it('P5: rise with every lease', async () => {
    const first = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const second = await registry.acquire({ holder: ann, records: ['cities/2'] });
    expect(BigInt(second.fence)).toBeGreaterThan(BigInt(first.fence));
  });

  it('P5: rise also when Redis comes back without its data, and the log tells of a new epoch', async () => {
    const first = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await server.restart();
    const attempt = () => registry.acquire({ holder: ann, records: ['cities/1'] }).catch(() => undefined);
    const second = await until(attempt, { timeoutMs: 5_000 });
    expect(BigInt(second!.fence)).toBeGreaterThan(BigInt(first.fence));
    expect((await log())[0]).toMatchObject({ kind: 'epoch' });
  });
});

describe('without Redis', () => {
  it('P11: every verb says at once that Redis cannot be reached', async () => {
    const own = await startRedis();
    const lost = openCommands(own.url);
    await connect(lost);
    const verbs = createLockRegistry({ redis: lost, namespace: 'lost' });
    await own.kill();
    await expect(verbs.acquire({ holder: ann, records: ['cities/1'] })).rejects.toBeInstanceOf(
      UnavailableError,
    );
    await expect(verbs.check(['cities/1'])).rejects.toBeInstanceOf(UnavailableError);
    lost.disconnect();
    await own.stop();
  });
});
