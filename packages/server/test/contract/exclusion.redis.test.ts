import { expect, it } from 'vitest';
import { ConflictError } from '../../src/errors.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  gazetteer,
  inTheWay,
  person,
  ticketFor,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

it('P1: lets nobody else take a record that is held, in any mode', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  for (const mode of ['exclusive', 'shared'] as const) {
    const attempt = registry.acquire({ holder: bo, records: ['cities/1'], mode });
    expect(await inTheWay(attempt)).toEqual(["Ann's form"]);
  }
});

it('P1: not even its own holder, by another lease', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  expect(await inTheWay(registry.acquire({ holder: ann, records: ['cities/1'] }))).toEqual(["Ann's form"]);
});

it('P1: lets any number share a record, and nobody have it alone until the last of them has gone', async () => {
  const { registry, sweepAll } = await open();
  const first = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
  const second = await registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' });
  const alone = () => registry.acquire({ holder: cy, records: ['cities/1'] });
  expect(await inTheWay(alone())).toEqual(["Ann's form", "Bo's form"]);

  await registry.release(toLeaseSecret(first));
  await sweepAll();
  expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([second.id]);
  expect(await inTheWay(alone())).toEqual(["Bo's form"]);

  await registry.release(toLeaseSecret(second));
  const { id } = await alone();
  await sweepAll();
  expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([id]);
});

it('P1: grants a contested record to exactly one of many that ask at once', async () => {
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

it('P1: knows a record by resource and id: the same id elsewhere, or a longer one, is another', async () => {
  const { registry } = await open();
  await registry.acquire({ holder: ann, records: ['cities/1'] });
  for (const record of ['regions/1', 'cities/11', 'cities/01', 'cities/1/1'] as const) {
    await registry.acquire({ holder: bo, records: [record] });
  }
});

it('P1: keeps namespaces apart', async () => {
  const [one, another] = [await open(), await open()];
  await one.registry.acquire({ holder: ann, records: ['cities/1'] });
  await another.registry.acquire({ holder: bo, records: ['cities/1'] });
});

it('counts a record that is named twice once', async () => {
  const { registry } = await open();
  const grant = await registry.acquire({ holder: ann, records: ['cities/1', 'cities/2', 'cities/1'] });
  expect(grant.recordCount).toBe(2);
});

it('frees every record of a lease at once when it ends, before a sweeper has cleared them', async () => {
  const { registry, sweepAll } = await open();
  const grant = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
  await registry.release(toLeaseSecret(grant));
  expect((await registry.check(cities(0, 5_000))).held.size).toBe(0);
  const next = await registry.acquire({ holder: bo, records: cities(0, 10) });
  await sweepAll();
  const { held } = await registry.check(cities(0, 5_000));
  expect([...held.keys()]).toEqual(cities(0, 10));
  expect(held.get('cities/0')).toEqual([next.id]);
});

it('serves whoever steps over the entries of an ended lease while the sweeper is half way', async () => {
  const { registry, sweepAll } = await open();
  const grant = await registry.acquire({ holder: ann, records: cities(0, 8_000) });
  await registry.release(toLeaseSecret(grant));
  expect(await registry.sweep()).toBe(true);
  const shared = await registry.acquire({ holder: bo, records: cities(1_500, 1_000), mode: 'shared' });
  expect(await registry.sweep()).toBe(true);
  const alsoShared = await registry.acquire({ holder: cy, records: cities(1_500, 1_000), mode: 'shared' });
  await sweepAll();
  const { held } = await registry.check(cities(0, 8_000));
  expect(held.size).toBe(1_000);
  expect(held.get('cities/1500')).toEqual([shared.id, alsoShared.id]);
});

it('leaves nothing behind once an ended lease is swept but what the audit trail keeps', async () => {
  const { registry, sweepAll, keyNames } = await open();
  const grant = await registry.acquire({ holder: ann, records: cities(0, 5_000) });
  await registry.release(toLeaseSecret(grant));
  await sweepAll();
  expect(await keyNames()).toEqual(['fence', 'log', 'meta', 'past', `was:${grant.id}`]);
});

it('refuses no records, more than one lease can cover, a short TTL and a malformed key in clear words', async () => {
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

it('leaves nothing of a lease on one record to the sweeper, whatever is above the record', async () => {
  const { registry, redis, keys, keyNames } = await open({ hierarchy: gazetteer });
  for (const scope of ['record', 'subtree'] as const) {
    const grant = await registry.acquire({ holder: ann, records: ['cities/FR-11-7'], scope });
    await registry.release(toLeaseSecret(grant));
  }
  expect(await redis.llen(keys.dead)).toBe(0);
  expect((await keyNames()).filter((name) => /^(rec|marks|ids|lease):/.test(name))).toEqual([]);
});

it('leaves a record to the sweeper where somebody else has written at it', async () => {
  const { registry, redis, keys, sweepAll, keyNames } = await open();
  const holder = await registry.acquire({ holder: ann, records: ['cities/1'] });
  const next = await ticketFor(registry, { holder: bo, records: ['cities/1'] });
  await registry.release(toLeaseSecret(holder));
  expect(await redis.llen(keys.dead)).toBe(1);
  await sweepAll();
  expect(await redis.hget(keys.records('cities'), '1')).toBe(next.leaseId);
  await registry.release(next.leaseSecret);
  expect((await keyNames()).filter((name) => /^(rec|marks|ids|lease):/.test(name))).toEqual([]);
});
