import type { RecordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { createLocks } from '../../src/locks/locks.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  errorOf,
  type LockClient,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
let keeping: TestRedis;
beforeAll(async () => {
  keeping = await startRedis({ appendonly: 'always' });
});
afterAll(() => keeping.stop());

async function lockAndRelease({ registry }: LockClient, records: RecordKey[]): Promise<void> {
  await registry.release(toLeaseSecret(await registry.acquire({ holder: ann, records })));
}

async function sweepAll({ locks }: LockClient): Promise<void> {
  while (await locks.registry.sweep());
}

const keptLists = async ({ keyNames }: LockClient) =>
  (await keyNames()).filter((name) => name.startsWith('was:')).length;

const endsTold = async ({ locks }: LockClient, record: RecordKey) =>
  (await locks.audit.listByRecord(record)).filter(({ what }) => what === 'released').length;

describe('the records of ended leases in the audit trail', () => {
  it.each([1, 3])(
    'the records of ended leases disappear with their entries in the log (%i records each)',
    async (count) => {
      const client = await open();
      for (let i = 0; i < 50; i++) await lockAndRelease(client, cities(1_000 * i, count));
      await sweepAll(client);
      expect(await keptLists(client)).toBe(50);
      // Two entries a lease: the log still mentions ten leases.
      await client.redis.xtrim(client.keys.log, 'MAXLEN', '=', 20);
      await sweepAll(client);
      expect(await keptLists(client)).toBe(10);
      expect(await endsTold(client, 'cities/49000')).toBe(1);
      expect(await endsTold(client, 'cities/40000')).toBe(1);
    },
  );

  it('the records of ended leases are gone once the log is, and their memory counts as free', async () => {
    const client = await open();
    for (let i = 0; i < 5; i++) await lockAndRelease(client, cities(10 * i, 2));
    await sweepAll(client);
    await client.redis.del(client.keys.log);
    await sweepAll(client);
    expect(await keptLists(client)).toBe(0);
    expect(await client.redis.hget(`${client.keys.prefix}meta`, 'pastBytes')).toBe('0');
  });

  it('the records of ended leases stay within their memory limit: the oldest goes first, and the newest stays', async () => {
    const client = await open({ audit: { maxBytes: 5_000 } });
    for (let i = 0; i < 100; i++) await lockAndRelease(client, [`cities/${i}`]);
    await sweepAll(client);
    expect(await keptLists(client)).toBe(17);
    expect([await endsTold(client, 'cities/0'), await endsTold(client, 'cities/99')]).toEqual([0, 1]);
  });

  it('the records of one large lease are dropped if it alone is beyond the limit', async () => {
    const client = await open({ audit: { maxBytes: 100_000 } });
    await lockAndRelease(client, cities(0, 2_000));
    await sweepAll(client);
    expect(await keptLists(client)).toBe(1);
    await lockAndRelease(client, cities(0, 5_000));
    await sweepAll(client);
    expect(await keptLists(client)).toBe(0);
  });

  it('the memory limit of a namespace is the last given one, also in a process that gives none itself', async () => {
    const client = await open({ audit: { maxBytes: 0 } });
    await sweepAll(client);
    await lockAndRelease(client, ['cities/1']);
    while (await client.registry.sweep());
    expect(await keptLists(client)).toBe(0);
  });

  it('the audit trail takes about as many bytes of Redis as it counts', async () => {
    const client = await open();
    for (let i = 0; i < 200; i++) await lockAndRelease(client, [`cities/${2_988_507 + i}`]);
    await lockAndRelease(client, cities(2_000_000, 2_000));
    await sweepAll(client);
    const { redis, keys } = client;
    const lists = (await redis.keys(`${keys.prefix}was:*`)).concat(`${keys.prefix}past`);
    const sizes = await Promise.all(lists.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    const bytes = sizes.reduce<number>((sum, size) => sum + Number(size), 0);
    const counted = Number(await redis.hget(`${keys.prefix}meta`, 'pastBytes'));
    expect(counted / bytes).toBeGreaterThan(0.7);
    expect(counted / bytes).toBeLessThan(2);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'the audit trail refuses a limit of %s bytes',
    async (maxBytes) => {
      const { redis } = await open();
      expect(() => createLocks({ redis, namespace: 'wrong', audit: { maxBytes } })).toThrow(
        `audit.maxBytes is ${maxBytes}`,
      );
    },
  );
});

describe('a lease that somebody else has ended', () => {
  it.each(['taken over', 'expired'] as const)(
    'P4: a lease that somebody else has ended cannot be acquired again after a restart, though the audit trail has forgotten it (%s)',
    async (how) => {
      const client = await open({ url: keeping.url, clock: handClock(), audit: { maxBytes: 0 } });
      const { registry } = client;
      const request = { holder: ann, records: cities(1, 1) };
      const lost = await registry.acquire(request);
      if (how === 'expired') await registry.expire(lost.id, 0, 'expired');
      else {
        const takeOver = { ...request, holder: bo, leaseIds: [lost.id], by: bo.actor, reason: 'needed' };
        await registry.release(toLeaseSecret(await registry.takeOver(takeOver)));
      }
      await sweepAll(client);
      expect(await keptLists(client)).toBe(0);
      await keeping.restart();
      await until(() => client.redis.ping());
      expect(await errorOf(registry.reassert(toLeaseSecret(lost), request))).toBeInstanceOf(LeaseLostError);
    },
  );
});
