import { describe, expect, it } from 'vitest';
import {
  ann,
  bo,
  cities,
  cy,
  gazetteer,
  getConflicts,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

describe('refusing', () => {
  it('P2: a refused request leaves nothing behind, whatever the number of records, mode and scope', async () => {
    const { registry, keyNames, redis, keys } = await open({ hierarchy: gazetteer });
    await registry.acquire({ holder: ann, records: ['cities/5000', 'cities/FR-11-1'] });
    const before = await keyNames();
    const logLength = await redis.xlen(keys.log);
    const fence = await redis.get(`${keys.prefix}fence`);
    for (const request of [
      { records: cities(0, 10_000) },
      { records: cities(0, 10_000), mode: 'shared' },
      { records: ['countries/IT', 'countries/FR'], scope: 'subtree' },
      { records: ['regions/IT-1', 'cities/*'] },
    ] as const) {
      await getConflicts(registry.acquire({ holder: bo, ...request }));
      expect(await keyNames()).toEqual(before);
    }
    expect(await redis.xlen(keys.log)).toBe(logLength);
    expect(await redis.get(`${keys.prefix}fence`)).toBe(fence);
    expect((await registry.check(cities(0, 10_000))).held.size).toBe(1);
  });

  it('P3: a refusal names every blocking lease, with its holder, since when, how many records and the first twenty', async () => {
    const { registry } = await open();
    const held = await registry.acquire({ holder: ann, records: cities(0, 30) });
    await registry.acquire({ holder: bo, records: ['cities/30', 'regions/FR-11'], mode: 'shared' });
    const conflicts = await getConflicts(
      registry.acquire({ holder: cy, records: [...cities(0, 40), 'regions/FR-11'] }),
    );
    expect(conflicts).toHaveLength(2);
    expect(conflicts[0]).toEqual({
      lease: { id: held.id, holder: ann, mode: 'exclusive', since: held.since, recordCount: 30 },
      recordCount: 30,
      records: cities(0, 20),
    });
    expect(conflicts[1]).toMatchObject({
      lease: { holder: bo, mode: 'shared', recordCount: 2 },
      recordCount: 2,
      records: ['cities/30', 'regions/FR-11'],
    });
  });

  it('P3: a refusal says in words what a person can do', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(registry.acquire({ holder: bo, records: ['cities/1'] })).rejects.toThrow(
      'cities/1 is held by "Ann\'s form" (person of Ann). Nothing was acquired. Wait until they are free',
    );
  });
});

describe('skipping', () => {
  it('P1: skip acquires the free records, and reports all others', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: cities(10, 30) });
    const acquired = await registry.acquire({ holder: bo, records: cities(0, 50), onConflict: 'skip' });
    expect(acquired.recordCount).toBe(20);
    expect(acquired.skipped).toEqual(cities(10, 30));
    expect(acquired.conflicts).toMatchObject([{ lease: { holder: ann }, recordCount: 30 }]);
    const { held } = await registry.check(cities(0, 50));
    expect(held.get('cities/9')).toEqual([acquired.id]);
    expect(held.get('cities/10')).not.toContain(acquired.id);
    expect((await registry.getCoverage([acquired.id])).get(acquired.id)?.records).toEqual([
      ...cities(0, 10),
      ...cities(40, 10),
    ]);
  });

  it('P2: skip is refused, and leaves nothing behind, if no record is free', async () => {
    const { registry, keyNames } = await open();
    await registry.acquire({ holder: ann, records: cities(0, 10) });
    const before = await keyNames();
    const attempt = registry.acquire({ holder: bo, records: cities(0, 10), onConflict: 'skip' });
    expect(await listBlockers(attempt)).toEqual(["Ann's form"]);
    expect(await keyNames()).toEqual(before);
  });

  it('skip acquires all records if all are free, and its lease cannot release skipped ones', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: ann, records: cities(0, 2), onConflict: 'skip' });
    expect(first.skipped).toEqual([]);
    const second = await registry.acquire({ holder: bo, records: cities(0, 3), onConflict: 'skip' });
    expect(await registry.releaseRecords(toLeaseSecret(second), cities(0, 2))).toBe(1);
    expect((await registry.check(['cities/0'])).held.get('cities/0')).toEqual([first.id]);
  });

  it('skip omits a subtree if something below it is held, and marks only what it acquired', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    await registry.acquire({ holder: ann, records: ['cities/FR-11-7'] });
    const countries = ['countries/FR', 'countries/IT'] as const;
    const acquired = await registry.acquire({
      holder: bo,
      records: countries,
      scope: 'subtree',
      onConflict: 'skip',
    });
    expect(acquired.skipped).toEqual(['countries/FR']);
    await registry.acquire({ holder: cy, records: ['cities/FR-11-8'] });
    expect(await listBlockers(registry.acquire({ holder: cy, records: ['cities/IT-1-1'] }))).toEqual([
      "Bo's form",
    ]);
  });
});
