import { describe, expect, it } from 'vitest';
import { ann, bo, cities, gazetteer, toLeaseSecret, useRedis } from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const asAnn = { type: ann.type, id: ann.id, actorId: ann.actor.id };

describe('the leases of a proven holder', () => {
  it('the leases of a holder cover the records that each of them covers, and the rest is uncovered', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: ann, records: cities(0, 2) });
    const second = await registry.acquire({ holder: ann, records: cities(2, 2) });
    await registry.acquire({ holder: ann, records: ['cities/9'] });
    expect(await registry.proveHolder(asAnn, cities(1, 4))).toEqual({
      leases: [first, second].map((lease) => ({ ...toLeaseSecret(lease), fence: lease.fence })),
      uncovered: ['cities/4'],
    });
  });

  it('P1: a holder proves no shared lease, no waiting one, and none that has ended', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
    await registry.acquire({ holder: bo, records: ['cities/2'] });
    await registry.acquireOrWait({ holder: ann, records: ['cities/2'] });
    await registry.release(toLeaseSecret(await registry.acquire({ holder: ann, records: ['cities/3'] })));
    expect(await registry.proveHolder(asAnn, cities(1, 3))).toEqual({ leases: [], uncovered: cities(1, 3) });
  });

  it('P4: a holder proves nothing of another session of its actor', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: { ...ann, id: 'another-tab-of-ann' }, records: ['cities/1'] });
    expect(await registry.proveHolder(asAnn, ['cities/1'])).toEqual({
      leases: [],
      uncovered: ['cities/1'],
    });
  });

  it('P4: a holder of that id proves nothing for another actor or as another type', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    for (const holder of [
      { ...asAnn, actorId: bo.actor.id },
      { ...asAnn, type: 'task' as const },
    ]) {
      expect(await registry.proveHolder(holder, ['cities/1'])).toEqual({
        leases: [],
        uncovered: ['cities/1'],
      });
    }
  });

  it('a lease on a subtree covers the records below it', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const lease = await registry.acquire({ holder: ann, records: ['regions/FR-11'], scope: 'subtree' });
    const { leases, uncovered } = await registry.proveHolder(asAnn, ['cities/FR-11-7', 'cities/IT-1-1']);
    expect(leases).toMatchObject([{ leaseId: lease.id }]);
    expect(uncovered).toEqual(['cities/IT-1-1']);
  });

  it('proving a holder renews the leases that it uses, and no others', async () => {
    const { registry } = await open();
    const used = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const unused = await registry.acquire({ holder: ann, records: ['cities/2'] });
    await registry.proveHolder(asAnn, ['cities/1']);
    expect(await registry.getHeartbeat(toLeaseSecret(used))).toBe(1);
    expect(await registry.getHeartbeat(toLeaseSecret(unused))).toBe(0);
  });
});

describe('a write under several leases', () => {
  it('P5: its leases get a fence in common, above all earlier ones', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const second = await registry.acquire({ holder: ann, records: ['cities/2'] });
    const fence = await registry.raiseFences([first, second].map(toLeaseSecret));
    expect(BigInt(fence)).toBeGreaterThan(BigInt(second.fence));
    const { leases } = await registry.proveHolder(asAnn, cities(1, 2));
    expect(leases.map((lease) => lease.fence)).toEqual([fence, fence]);
    expect(BigInt((await registry.acquire({ holder: ann, records: ['cities/3'] })).fence)).toBeGreaterThan(
      BigInt(fence),
    );
  });

  it('P4: a fence is raised for nobody if one of the leases is not theirs', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const ended = await registry.acquire({ holder: ann, records: ['cities/2'] });
    await registry.release(toLeaseSecret(ended));
    await expect(registry.raiseFences([first, ended].map(toLeaseSecret))).rejects.toMatchObject({
      code: 'lease_lost',
      message: expect.stringContaining(`Lease ${ended.id}`),
    });
    const { leases } = await registry.proveHolder(asAnn, ['cities/1']);
    expect(leases).toMatchObject([{ fence: first.fence }]);
  });
});
