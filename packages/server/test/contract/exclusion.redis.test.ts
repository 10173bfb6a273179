import { expect, it } from 'vitest';
import { ConflictError } from '../../src/errors.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  gazetteer,
  joinWaitList,
  listBlockers,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

it('P1: acquire refuses a held record to everybody else, in any mode', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  for (const mode of ['exclusive', 'shared'] as const) {
    const attempt = registry.acquire({ holder: bo, records: ['cities/1'], mode });
    expect(await listBlockers(attempt)).toEqual(["Ann's form"]);
  }
});

it('P1: acquire refuses a held record even to its own holder, under another lease', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  expect(await listBlockers(registry.acquire({ holder: ann, records: ['cities/1'] }))).toEqual([
    "Ann's form",
  ]);
});

it('P1: any number of shared leases cover a record, and an exclusive one only after the last of them has ended', async () => {
  const { registry, sweepAll } = await open();
  const first = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
  const second = await registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' });
  const alone = () => registry.acquire({ holder: cy, records: ['cities/1'] });
  expect(await listBlockers(alone())).toEqual(["Ann's form", "Bo's form"]);

  await registry.release(toLeaseSecret(first));
  await sweepAll();
  expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([second.id]);
  expect(await listBlockers(alone())).toEqual(["Bo's form"]);

  await registry.release(toLeaseSecret(second));
  const { id } = await alone();
  await sweepAll();
  expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([id]);
});

it('P1: exactly one of many requests at the same time acquires a contested record', async () => {
  const { registry } = await open();
  const attempts = Array.from({ length: 50 }, (_, i) =>
    registry.acquire({ holder: person(`P${i}`), records: ['cities/1', `cities/${100 + i}`] }),
  );
  const results = await Promise.allSettled(attempts);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError);
  }
});

it('P1: a record is its resource and its id: the same id elsewhere, or a longer one, is another record', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  for (const record of ['regions/1', 'cities/11', 'cities/01', 'cities/1/1'] as const) {
    await registry.acquire({ holder: bo, records: [record] });
  }
});

it('P1: namespaces are independent', async () => {
  const [one, another] = [await open(), await open()];
  await one.registry.acquire({ holder: ann, records: ['cities/1'] });
  await another.registry.acquire({ holder: bo, records: ['cities/1'] });
});

it('acquire counts a record once that is named twice', async () => {
  const { registry } = await open();
  const acquired = await registry.acquire({ holder: ann, records: ['cities/1', 'cities/2', 'cities/1'] });
  expect(acquired.recordCount).toBe(2);
});

it('all records of a lease are free at once when it ends, before a sweeper has cleared them', async () => {
  const { registry, sweepAll } = await open();
  const acquired = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
  await registry.release(toLeaseSecret(acquired));
  expect((await registry.check(cities(0, 5_000))).held.size).toBe(0);
  const next = await registry.acquire({ holder: bo, records: cities(0, 10) });
  await sweepAll();
  const { held } = await registry.check(cities(0, 5_000));
  expect([...held.keys()]).toEqual(cities(0, 10));
  expect(held.get('cities/0')).toEqual([next.id]);
});

it('acquire overwrites the entries of an ended lease while the sweeper is half way', async () => {
  const { registry, sweepAll } = await open();
  const acquired = await registry.acquire({ holder: ann, records: cities(0, 8_000) });
  await registry.release(toLeaseSecret(acquired));
  expect(await registry.sweep()).toBe(true);
  const shared = await registry.acquire({ holder: bo, records: cities(1_500, 1_000), mode: 'shared' });
  expect(await registry.sweep()).toBe(true);
  const alsoShared = await registry.acquire({ holder: cy, records: cities(1_500, 1_000), mode: 'shared' });
  await sweepAll();
  const { held } = await registry.check(cities(0, 8_000));
  expect(held.size).toBe(1_000);
  expect(held.get('cities/1500')).toEqual([shared.id, alsoShared.id]);
});

it('a swept lease leaves nothing but its records for the audit trail', async () => {
  const { registry, sweepAll, keyNames } = await open();
  const acquired = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
  await registry.release(toLeaseSecret(acquired));
  await sweepAll();
  expect(await keyNames()).toEqual(['fence', 'log', 'meta', 'past', `was:${acquired.id}`]);
});

it('acquire refuses no records, too many records, a short TTL and a malformed key, and says why', async () => {
  const { registry } = await open();
  const messageOf = async (records: string[], ttlMs?: number) => {
    const request = { holder: ann, records: records as never[], ...(ttlMs !== undefined && { ttlMs }) };
    return ((await errorOf(registry.acquire(request))) as Error).message;
  };
  expect(await messageOf([])).toContain('names no records. Name at least one');
  expect(await messageOf(cities(0, 200_001))).toContain('one lease covers at most 200000');
  expect(await messageOf(['cities/1'], 999)).toContain('at least 1,000');
  expect(await messageOf(['cities/1', 'cities/a\nb'])).toContain('is not a record key');
  expect(await messageOf(['cities'])).toContain('is not a record key');
});

it('a lease on one record leaves nothing to the sweeper, whatever is above the record', async () => {
  const { registry, redis, keys, keyNames } = await open({ hierarchy: gazetteer });
  for (const scope of ['record', 'subtree'] as const) {
    const acquired = await registry.acquire({ holder: ann, records: ['cities/FR-11-7'], scope });
    await registry.release(toLeaseSecret(acquired));
  }
  expect(await redis.llen(keys.dead)).toBe(0);
  expect((await keyNames()).filter((name) => /^(rec|marks|ids|lease):/.test(name))).toEqual([]);
});

it('a record is left to the sweeper if somebody else has written at it', async () => {
  const { registry, redis, keys, sweepAll, keyNames } = await open();
  const holder = await registry.acquire({ holder: ann, records: ['cities/1'] });
  const next = await joinWaitList(registry, { holder: bo, records: ['cities/1'] });
  await registry.release(toLeaseSecret(holder));
  expect(await redis.llen(keys.dead)).toBe(1);
  await sweepAll();
  expect(await redis.hget(keys.records('cities'), '1')).toBe(next.leaseId);
  await registry.release(next.leaseSecret);
  expect((await keyNames()).filter((name) => /^(rec|marks|ids|lease):/.test(name))).toEqual([]);
});
