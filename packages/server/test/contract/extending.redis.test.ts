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
  inTheWay,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

describe('extending a lease', () => {
  it('P1: adds records to it, which nobody else can take then', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 2) });
    const extension = await registry.extend(toLeaseSecret(grant), { records: cities(2, 3) });
    expect(extension).toMatchObject({ recordCount: 5, skipped: [], conflicts: [] });
    expect(await inTheWay(registry.acquire({ holder: bo, records: ['cities/4'] }))).toEqual(["Ann's form"]);
    expect((await registry.getCoverage([grant.id])).get(grant.id)?.records).toEqual(cities(0, 5));
    expect((await registry.list()).leases).toMatchObject([{ id: grant.id, recordCount: 5 }]);
  });

  it('P5: gives it a fence above all before, and keeps the old one where nothing was added', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const other = await registry.acquire({ holder: bo, records: ['cities/2'] });
    await registry.release(toLeaseSecret(other));
    const { fence } = await registry.extend(toLeaseSecret(grant), { records: ['cities/2'] });
    expect(BigInt(fence)).toBeGreaterThan(BigInt(other.fence));
    expect(await registry.extend(toLeaseSecret(grant), { records: cities(1, 2) })).toMatchObject({
      fence,
      recordCount: 2,
    });
    expect((await registry.prove(toLeaseSecret(grant), ['cities/1'])).fence).toBe(fence);
  });

  it('counts only what is new', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 3) });
    const extension = await registry.extend(toLeaseSecret(grant), { records: cities(1, 4) });
    expect(extension.recordCount).toBe(5);
  });

  it('P2: leaves it as it was where anything is in the way, and names that', async () => {
    const { registry, keyNames } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/0'] });
    await registry.acquire({ holder: bo, records: ['cities/5'] });
    const before = await keyNames();
    const conflicts = await getConflicts(registry.extend(toLeaseSecret(grant), { records: cities(1, 9) }));
    expect(conflicts).toMatchObject([{ lease: { holder: bo }, records: ['cities/5'] }]);
    expect(await keyNames()).toEqual(before);
    expect(await registry.prove(toLeaseSecret(grant), cities(0, 2))).toEqual({
      fence: grant.fence,
      uncovered: ['cities/1'],
    });
    expect((await registry.check(cities(0, 10))).held.size).toBe(2);
  });

  it('with skip adds what is free', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/0'] });
    await registry.acquire({ holder: bo, records: ['cities/2'] });
    const extension = await registry.extend(toLeaseSecret(grant), {
      records: cities(1, 3),
      onConflict: 'skip',
    });
    expect(extension).toMatchObject({ recordCount: 3, skipped: ['cities/2'] });
    const onlySkipped = registry.extend(toLeaseSecret(grant), { records: ['cities/2'], onConflict: 'skip' });
    expect(await inTheWay(onlySkipped)).toEqual(["Bo's form"]);
  });

  it('widens a record to all that is below it, unless somebody is there', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const grant = await registry.acquire({ holder: ann, records: ['regions/FR-11'] });
    const below = await registry.acquire({ holder: bo, records: ['cities/FR-11-7'] });
    const widen = () =>
      registry.extend(toLeaseSecret(grant), { records: ['regions/FR-11'], scope: 'subtree' });
    expect(await inTheWay(widen())).toEqual(["Bo's form"]);
    await registry.release(toLeaseSecret(below));
    expect(await widen()).toMatchObject({ recordCount: 1 });
    expect(await inTheWay(registry.acquire({ holder: bo, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
    expect(
      (await registry.prove(toLeaseSecret(grant), ['cities/FR-11-8', 'cities/IT-1-1'])).uncovered,
    ).toEqual(['cities/IT-1-1']);
    // A subtree does not shrink where it is asked for as a record.
    await registry.extend(toLeaseSecret(grant), { records: ['regions/FR-11', 'regions/FR-12'] });
    expect(await inTheWay(registry.acquire({ holder: bo, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
  });

  it('keeps the mode: a shared lease is extended by what others may share', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/0'], mode: 'shared' });
    await registry.acquire({ holder: bo, records: ['cities/1'], mode: 'shared' });
    expect(await registry.extend(toLeaseSecret(grant), { records: ['cities/1'] })).toMatchObject({
      recordCount: 2,
    });
  });

  it('P4: is nothing for who lost the lease or never had it', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/0'] });
    const forged = { leaseId: grant.id, secret: 'x'.repeat(24) };
    const extend = (leaseSecret: typeof forged) =>
      errorOf(registry.extend(leaseSecret, { records: ['cities/1'] }));
    expect(await extend(forged)).toBeInstanceOf(LeaseLostError);
    await registry.release(toLeaseSecret(grant));
    expect(await extend(toLeaseSecret(grant))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(['cities/1'])).held.size).toBe(0);
  });
});

describe('letting some records go', () => {
  it('frees those at once, and keeps the others', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 5) });
    expect(await registry.releaseRecords(toLeaseSecret(grant), cities(1, 2))).toBe(3);
    const next = await registry.acquire({ holder: bo, records: cities(1, 2) });
    expect(await inTheWay(registry.acquire({ holder: bo, records: ['cities/0'] }))).toEqual(["Ann's form"]);
    expect((await registry.prove(toLeaseSecret(grant), cities(0, 5))).uncovered).toEqual(cities(1, 2));
    // Twice is once, and what somebody else has by now is not touched.
    expect(await registry.releaseRecords(toLeaseSecret(grant), cities(1, 2))).toBe(3);
    expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([next.id]);
  });

  it('P6: ends the lease with the last of them', async () => {
    const { registry, log } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 3) });
    expect(await registry.releaseRecords(toLeaseSecret(grant), cities(0, 2))).toBe(1);
    expect(await registry.isInForce(grant.id)).toBe(true);
    expect(await registry.releaseRecords(toLeaseSecret(grant), ['cities/2'])).toBe(0);
    expect(await registry.isInForce(grant.id)).toBe(false);
    expect(await errorOf(registry.releaseRecords(toLeaseSecret(grant), ['cities/2']))).toBeInstanceOf(
      LeaseLostError,
    );
    expect((await log()).slice(-3).map(({ kind }) => kind)).toEqual(['freed', 'freed', 'released']);
  });

  it('leaves others who share them where they are', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 2), mode: 'shared' });
    const sharing = await registry.acquire({ holder: bo, records: cities(0, 2), mode: 'shared' });
    await registry.releaseRecords(toLeaseSecret(grant), ['cities/0']);
    expect((await registry.check(cities(0, 2))).held).toEqual(
      new Map([
        ['cities/0', [sharing.id]],
        ['cities/1', [grant.id, sharing.id]],
      ]),
    );
  });

  it('frees what is below a subtree with its root, and what is taken again is covered again', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const grant = await registry.acquire({
      holder: ann,
      records: ['countries/FR', 'countries/IT'],
      scope: 'subtree',
    });
    expect(await registry.releaseRecords(toLeaseSecret(grant), ['countries/FR'])).toBe(1);
    const city = await registry.acquire({ holder: bo, records: ['cities/FR-11-7'] });
    await registry.release(toLeaseSecret(city));
    await registry.extend(toLeaseSecret(grant), { records: ['countries/FR'], scope: 'subtree' });
    expect(await inTheWay(registry.acquire({ holder: cy, records: ['cities/FR-11-7'] }))).toEqual([
      "Ann's form",
    ]);
    expect((await registry.getCoverage([grant.id])).get(grant.id)).toEqual({
      records: ['countries/IT', 'countries/FR'],
      subtrees: ['countries/IT', 'countries/FR'],
    });
  });

  it('P4: is nothing for who does not know the secret', async () => {
    const { registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: cities(0, 2) });
    const forged = { leaseId: grant.id, secret: 'x'.repeat(24) };
    expect(await errorOf(registry.releaseRecords(forged, ['cities/0']))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(0, 2))).held.size).toBe(2);
  });
});
