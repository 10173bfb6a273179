import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  gazetteer,
  getConflicts,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

describe('extending a lease', () => {
  it('P1: extend adds records, which nobody else can acquire then', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 2) });
    const extension = await registry.extend(toLeaseSecret(acquired), { records: cities(2, 3) });
    expect(extension).toMatchObject({ recordCount: 5, skipped: [], conflicts: [] });
    expect(await listBlockers(registry.acquire({ holder: bo, records: ['cities/4'] }))).toEqual([
      "Ann's form",
    ]);
    expect((await registry.getCoverage([acquired.id])).get(acquired.id)?.records).toEqual(cities(0, 5));
    expect((await registry.list()).leases).toMatchObject([{ id: acquired.id, recordCount: 5 }]);
  });

  it('P5: extend issues a fence above all earlier ones, and keeps the old one if nothing was added', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const other = await registry.acquire({ holder: bo, records: ['cities/2'] });
    await registry.release(toLeaseSecret(other));
    const { fence } = await registry.extend(toLeaseSecret(acquired), { records: ['cities/2'] });
    expect(BigInt(fence)).toBeGreaterThan(BigInt(other.fence));
    expect(await registry.extend(toLeaseSecret(acquired), { records: cities(1, 2) })).toMatchObject({
      fence,
      recordCount: 2,
    });
    expect((await registry.prove(toLeaseSecret(acquired), ['cities/1'])).fence).toBe(fence);
  });

  it('extend counts only new records', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 3) });
    const extension = await registry.extend(toLeaseSecret(acquired), { records: cities(1, 4) });
    expect(extension.recordCount).toBe(5);
  });

  it('P2: extend leaves the lease as it was if another lease blocks, and names that lease', async () => {
    const { registry, keyNames } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/0'] });
    await registry.acquire({ holder: bo, records: ['cities/5'] });
    const before = await keyNames();
    const conflicts = await getConflicts(registry.extend(toLeaseSecret(acquired), { records: cities(1, 9) }));
    expect(conflicts).toMatchObject([{ lease: { holder: bo }, records: ['cities/5'] }]);
    expect(await keyNames()).toEqual(before);
    expect(await registry.prove(toLeaseSecret(acquired), cities(0, 2))).toEqual({
      fence: acquired.fence,
      holder: ann,
      uncovered: ['cities/1'],
    });
    expect((await registry.check(cities(0, 10))).held.size).toBe(2);
  });

  it('extend with skip adds the free records', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/0'] });
    await registry.acquire({ holder: bo, records: ['cities/2'] });
    const extension = await registry.extend(toLeaseSecret(acquired), {
      records: cities(1, 3),
      onConflict: 'skip',
    });
    expect(extension).toMatchObject({ recordCount: 3, skipped: ['cities/2'] });
    const onlySkipped = registry.extend(toLeaseSecret(acquired), {
      records: ['cities/2'],
      onConflict: 'skip',
    });
    expect(await listBlockers(onlySkipped)).toEqual(["Bo's form"]);
  });

  it('extend widens a record to its subtree, unless another lease covers something there', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const acquired = await registry.acquire({ holder: ann, records: ['regions/FR-11'] });
    const below = await registry.acquire({ holder: bo, records: ['cities/FR-11-7'] });
    const widen = () =>
      registry.extend(toLeaseSecret(acquired), { records: ['regions/FR-11'], scope: 'subtree' });
    expect(await listBlockers(widen())).toEqual(["Bo's form"]);
    await registry.release(toLeaseSecret(below));
    expect(await widen()).toMatchObject({ recordCount: 1 });
    expect(await listBlockers(registry.acquire({ holder: bo, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
    expect(
      (await registry.prove(toLeaseSecret(acquired), ['cities/FR-11-8', 'cities/IT-1-1'])).uncovered,
    ).toEqual(['cities/IT-1-1']);
    // A subtree does not shrink where it is asked for as a record.
    await registry.extend(toLeaseSecret(acquired), { records: ['regions/FR-11', 'regions/FR-12'] });
    expect(await listBlockers(registry.acquire({ holder: bo, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
  });

  it('extend keeps the mode: a shared lease is extended by records that others may share', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/0'], mode: 'shared' });
    await registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' });
    expect(await registry.extend(toLeaseSecret(acquired), { records: ['cities/1'] })).toMatchObject({
      recordCount: 2,
    });
  });

  it('P4: extend refuses a caller that lost the lease or never had it', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/0'] });
    const forged = { leaseId: acquired.id, secret: 'x'.repeat(24) };
    const extend = (leaseSecret: typeof forged) =>
      errorOf(registry.extend(leaseSecret, { records: ['cities/1'] }));
    expect(await extend(forged)).toBeInstanceOf(LeaseLostError);
    await registry.release(toLeaseSecret(acquired));
    expect(await extend(toLeaseSecret(acquired))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(['cities/1'])).held.size).toBe(0);
  });
});

describe('releasing some records', () => {
  it('releaseRecords frees the named records at once, and keeps the others', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 5) });
    expect(await registry.releaseRecords(toLeaseSecret(acquired), cities(1, 2))).toBe(3);
    const next = await registry.acquire({ holder: bo, records: cities(1, 2) });
    expect(await listBlockers(registry.acquire({ holder: bo, records: ['cities/0'] }))).toEqual([
      "Ann's form",
    ]);
    expect((await registry.prove(toLeaseSecret(acquired), cities(0, 5))).uncovered).toEqual(cities(1, 2));
    // Twice is once, and what somebody else has by now is not touched.
    expect(await registry.releaseRecords(toLeaseSecret(acquired), cities(1, 2))).toBe(3);
    expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([next.id]);
  });

  it('P6: releaseRecords ends the lease with its last record', async () => {
    const { registry, log } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 3) });
    expect(await registry.releaseRecords(toLeaseSecret(acquired), cities(0, 2))).toBe(1);
    expect(await registry.isInForce(acquired.id)).toBe(true);
    expect(await registry.releaseRecords(toLeaseSecret(acquired), ['cities/2'])).toBe(0);
    expect(await registry.isInForce(acquired.id)).toBe(false);
    expect(await errorOf(registry.releaseRecords(toLeaseSecret(acquired), ['cities/2']))).toBeInstanceOf(
      LeaseLostError,
    );
    expect((await log()).slice(-3).map(({ kind }) => kind)).toEqual(['freed', 'freed', 'released']);
  });

  it('releaseRecords leaves other leases that share the records alone', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 2), mode: 'shared' });
    const sharing = await registry.acquire({ holder: bo, records: cities(0, 2), mode: 'shared' });
    await registry.releaseRecords(toLeaseSecret(acquired), ['cities/0']);
    expect((await registry.check(cities(0, 2))).held).toEqual(
      new Map([
        ['cities/0', [sharing.id]],
        ['cities/1', [acquired.id, sharing.id]],
      ]),
    );
  });

  it('releaseRecords frees a subtree with its root, and a record that is acquired again is covered again', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const acquired = await registry.acquire({
      holder: ann,
      records: ['countries/FR', 'countries/IT'],
      scope: 'subtree',
    });
    expect(await registry.releaseRecords(toLeaseSecret(acquired), ['countries/FR'])).toBe(1);
    const city = await registry.acquire({ holder: bo, records: ['cities/FR-11-7'] });
    await registry.release(toLeaseSecret(city));
    await registry.extend(toLeaseSecret(acquired), { records: ['countries/FR'], scope: 'subtree' });
    expect(await listBlockers(registry.acquire({ holder: cy, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
    expect((await registry.getCoverage([acquired.id])).get(acquired.id)).toEqual({
      records: ['countries/IT', 'countries/FR'],
      subtrees: ['countries/IT', 'countries/FR'],
    });
  });

  it('P4: releaseRecords refuses a wrong secret', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 2) });
    const forged = { leaseId: acquired.id, secret: 'x'.repeat(24) };
    expect(await errorOf(registry.releaseRecords(forged, ['cities/0']))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(0, 2))).held.size).toBe(2);
  });
});
