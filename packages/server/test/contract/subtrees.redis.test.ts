import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import {
  ann,
  bo,
  cy,
  errorOf,
  gazetteer,
  getConflicts,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const openGazetteer = () => open({ hierarchy: gazetteer });

type Wanted = { records: readonly RecordKey[]; scope?: 'record' | 'subtree' };
const record = (...records: RecordKey[]): Wanted => ({ records });
const subtree = (...records: RecordKey[]): Wanted => ({ records, scope: 'subtree' });

const meeting: [string, Wanted, Wanted][] = [
  ['a record', record('cities/FR-11-7'), record('cities/FR-11-7')],
  ['a subtree and a record two levels below it', subtree('countries/FR'), record('cities/FR-11-7')],
  ['a subtree and a record just below it', subtree('regions/FR-11'), record('cities/FR-11-7')],
  ['a subtree and its own root', subtree('countries/FR'), record('countries/FR')],
  ['a subtree and a subtree below it', subtree('countries/FR'), subtree('regions/FR-11')],
  ['a subtree and itself', subtree('countries/FR'), subtree('countries/FR')],
  ['a whole resource and a record of it', record('cities/*'), record('cities/FR-11-7')],
  ['a whole resource and a record of it that is under nothing', record('cities/*'), record('cities/7')],
  ['a whole resource and itself', record('cities/*'), record('cities/*')],
  ['a whole resource and a subtree of it', record('regions/*'), subtree('regions/FR-11')],
  ['a whole resource and a subtree that reaches into it', record('cities/*'), subtree('countries/FR')],
  [
    'a whole resource with all below it and a record below it',
    subtree('countries/*'),
    record('cities/FR-11-7'),
  ],
  ['a whole resource with all below it and a whole one below it', subtree('countries/*'), record('cities/*')],
];
const passing: [string, Wanted, Wanted][] = [
  ['a lock on a node alone and a record below it', record('countries/FR'), record('cities/FR-11-7')],
  ['a lock on a node alone and a subtree below it', record('countries/FR'), subtree('regions/FR-11')],
  ['a subtree and a record beside it', subtree('countries/FR'), record('cities/IT-11-7')],
  ['a subtree and one whose name only begins alike', subtree('regions/FR-1'), record('cities/FR-11-7')],
  ['a subtree and the node above it alone', subtree('regions/FR-11'), record('countries/FR')],
  ['a whole resource and a node above it alone', record('cities/*'), record('countries/FR')],
  ['a whole resource and another', record('cities/*'), record('countries/*')],
  ['a whole resource, alone, and what is below its records', record('countries/*'), record('cities/FR-11-7')],
];

describe('P1: locks on different levels', () => {
  it.each(meeting)('locks on %s conflict in either order; shared ones do not', async (_name, one, other) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const { registry } = await openGazetteer();
      const held = await registry.acquire({ holder: ann, ...first });
      expect(await listBlockers(registry.acquire({ holder: bo, ...second }))).toEqual(["Ann's form"]);
      expect(await listBlockers(registry.acquire({ holder: bo, ...second, mode: 'shared' }))).toEqual([
        "Ann's form",
      ]);
      await registry.release(toLeaseSecret(held));

      const shared = await registry.acquire({ holder: ann, ...first, mode: 'shared' });
      await registry.acquire({ holder: cy, ...second, mode: 'shared' });
      await registry.release(toLeaseSecret(shared));
      expect(await listBlockers(registry.acquire({ holder: bo, ...first }))).toEqual(["Cy's form"]);
    }
  });

  it.each(passing)('%s do not conflict', async (_name, one, other) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const { registry } = await openGazetteer();
      await registry.acquire({ holder: ann, ...first });
      await registry.acquire({ holder: bo, ...second });
    }
  });

  it('records of a subtree are free again when the lease ends, before and after it is swept', async () => {
    for (const isSwept of [false, true]) {
      const { registry, sweepAll, keyNames } = await openGazetteer();
      for (const wanted of [subtree('countries/FR'), record('cities/FR-11-7'), record('cities/*')]) {
        await registry.release(toLeaseSecret(await registry.acquire({ holder: ann, ...wanted })));
        if (isSwept) await sweepAll();
      }
      if (isSwept) expect((await keyNames()).filter((name) => /^(rec|marks|ids):/.test(name))).toEqual([]);
    }
  });
});

describe('P3: a conflict across levels', () => {
  it('a conflict names the requested records, however many levels are between', async () => {
    const { registry } = await openGazetteer();
    const above = await registry.acquire({ holder: ann, ...subtree('countries/FR') });
    const wanted = ['cities/FR-11-7', 'cities/FR-12-1', 'cities/IT-1-1'] as const;
    expect(await getConflicts(registry.acquire({ holder: bo, records: wanted }))).toMatchObject([
      { lease: { id: above.id }, recordCount: 2, records: ['cities/FR-11-7', 'cities/FR-12-1'] },
    ]);
    await registry.release(toLeaseSecret(above));
    const below = await registry.acquire({ holder: ann, records: wanted });
    expect(
      await getConflicts(registry.acquire({ holder: bo, ...subtree('countries/FR', 'countries/DE') })),
    ).toMatchObject([{ lease: { id: below.id }, recordCount: 1, records: ['countries/FR'] }]);
  });
});

describe('marks on nodes', () => {
  it('the marks on nodes are few if many records have few parents', async () => {
    const { registry, redis, keys, keyNames } = await openGazetteer();
    const records = Array.from({ length: 10_000 }, (_, i) => `cities/FR-${i % 20}-${i}` as const);
    await registry.acquire({ holder: ann, records });
    const marked = (await keyNames()).filter((name) => name.startsWith('marks:'));
    // 20 regions, one country, and the whole resource.
    expect(marked).toHaveLength(22);
    for (const name of marked) expect(await redis.hlen(`${keys.prefix}${name}`)).toBe(1);
  });
});

describe('the resolver', () => {
  it('the resolver is called once for each acquire, and its answer holds for the life of the lease', async () => {
    let region = 'regions/old';
    let asked = 0;
    const { registry } = await open({
      hierarchy: {
        cities: {
          under: ['regions'],
          getAncestors: (ids) => {
            asked++;
            return ids.map(() => [region as RecordKey]);
          },
        },
      },
    });
    await registry.acquire({ holder: ann, records: ['cities/1', 'cities/2'] });
    expect(asked).toBe(1);
    region = 'regions/new';
    expect(await listBlockers(registry.acquire({ holder: bo, ...subtree('regions/old') }))).toEqual([
      "Ann's form",
    ]);
    await registry.acquire({ holder: bo, ...subtree('regions/new') });
  });

  it('P2: a resolver that fails, or answers a resource that its rules do not name, locks nothing', async () => {
    const answers = {
      throws: () => {
        throw new Error('the database is away');
      },
      'too few': () => [],
      'not under': (ids: readonly string[]) => ids.map(() => ['planets/1' as RecordKey]),
    };
    for (const getAncestors of Object.values(answers)) {
      const { registry, keyNames } = await open({
        hierarchy: { cities: { under: ['regions'], getAncestors } },
        hasMetRedis: false,
      });
      expect(await errorOf(registry.acquire({ holder: ann, records: ['cities/1'] }))).toBeInstanceOf(Error);
      expect(await keyNames()).toEqual([]);
    }
  });
});
