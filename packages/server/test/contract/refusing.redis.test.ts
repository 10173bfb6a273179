import { describe, expect, it } from 'vitest';
import {
  ann,
  bo,
  cities,
  cy,
  gazetteer,
  getConflicts,
  inTheWay,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

describe('refusing', () => {
  it('P2: leaves nothing behind, whatever the number of records, mode and scope', async () => {
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

  it('P3: names every lease in the way, with holder, since when, how many records and the first twenty', async () => {
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

  it('P3: says it in words that a person can act on', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(registry.acquire({ holder: bo, records: ['cities/1'] })).rejects.toThrow(
      'cities/1 is held by "Ann\'s form" (person of Ann). Nothing was acquired. Wait until they are free',
    );
  });
});

describe('skipping', () => {
  it('P1: takes what is free, and reports all that it left out', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: cities(10, 30) });
    const grant = await registry.acquire({ holder: bo, records: cities(0, 50), onConflict: 'skip' });
    expect(grant.recordCount).toBe(20);
    expect(grant.skipped).toEqual(cities(10, 30));
    expect(grant.conflicts).toMatchObject([{ lease: { holder: ann }, recordCount: 30 }]);
    const { held } = await registry.check(cities(0, 50));
    expect(held.get('cities/9')).toEqual([grant.id]);
    expect(held.get('cities/10')).not.toContain(grant.id);
    expect((await registry.getCoverage([grant.id])).get(grant.id)?.records).toEqual([
      ...cities(0, 10),
      ...cities(40, 10),
    ]);
  });

  it('P2: is refused, and leaves nothing behind, where nothing is free', async () => {
    const { registry, keyNames } = await open();
    await registry.acquire({ holder: ann, records: cities(0, 10) });
    const before = await keyNames();
    const attempt = registry.acquire({ holder: bo, records: cities(0, 10), onConflict: 'skip' });
    expect(await inTheWay(attempt)).toEqual(["Ann's form"]);
    expect(await keyNames()).toEqual(before);
  });

  it('takes all where all is free, and what was skipped is not its own to free', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: ann, records: cities(0, 2), onConflict: 'skip' });
    expect(first.skipped).toEqual([]);
    const second = await registry.acquire({ holder: bo, records: cities(0, 3), onConflict: 'skip' });
    expect(await registry.releaseRecords(toLeaseSecret(second), cities(0, 2))).toBe(1);
    expect((await registry.check(['cities/0'])).held.get('cities/0')).toEqual([first.id]);
  });

  it('leaves a subtree out where something below it is held, and marks only what it took', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    await registry.acquire({ holder: ann, records: ['cities/FR-11-7'] });
    const countries = ['countries/FR', 'countries/IT'] as const;
    const grant = await registry.acquire({
      holder: bo,
      records: countries,
      scope: 'subtree',
      onConflict: 'skip',
    });
    expect(grant.skipped).toEqual(['countries/FR']);
    await registry.acquire({ holder: cy, records: ['cities/FR-11-8'] });
    expect(await inTheWay(registry.acquire({ holder: cy, records: ['cities/IT-1-1'] }))).toEqual([
      "Bo's form",
    ]);
  });
});
