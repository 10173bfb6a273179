import type { Holder } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { ann, bo, cities, errorOf, joinWaitList, toLeaseSecret, useRedis } from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const sharing = (holder: Holder, tab = 1): Holder => ({
  ...holder,
  id: `tab-${tab}-of-${holder.actor.id}`,
  sharesWithUser: true,
});

describe('leases that tabs of one user share', () => {
  it('P1: two tabs of one user hold the same records if both share, and nobody else does', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: sharing(ann), records: cities(1, 2) });
    const second = await registry.acquire({ holder: sharing(ann, 2), records: cities(2, 2) });
    expect((await registry.check(['cities/2'])).held.get('cities/2')).toEqual([first.id, second.id]);
    for (const holder of [sharing(bo), bo, { ...ann, id: 'tab-3-of-ann' }]) {
      const refused = registry.acquire({ holder, records: ['cities/2'] });
      expect(await errorOf(refused)).toMatchObject({
        conflicts: [{ lease: { id: first.id } }, { lease: { id: second.id } }],
      });
    }
  });

  it('the records are free when both leases have ended, also for somebody who waits', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: sharing(ann), records: ['cities/1'] });
    const second = await registry.acquire({ holder: sharing(ann, 2), records: ['cities/1'] });
    const waiting = await joinWaitList(registry, { holder: bo, records: ['cities/1'] });
    await registry.release(toLeaseSecret(first));
    expect(await registry.isInForce(waiting.leaseId)).toBe(false);
    await registry.release(toLeaseSecret(second));
    expect(await registry.isInForce(waiting.leaseId)).toBe(true);
  });

  it('a subtree and the records below it are shared in the same way', async () => {
    const { registry } = await open();
    await registry.acquire({ holder: sharing(ann), records: ['cities/*'] });
    await registry.acquire({ holder: sharing(ann, 2), records: ['cities/1'] });
    expect(await errorOf(registry.acquire({ holder: sharing(bo), records: ['cities/1'] }))).toMatchObject({
      code: 'conflict',
    });
  });

  it('P1: a lease is transferred only while no other tab holds its records', async () => {
    const { registry } = await open();
    const task: Holder = { ...ann, type: 'task', id: 'task-1' };
    const first = await registry.acquire({ holder: sharing(ann), records: ['cities/1'] });
    const second = await registry.acquire({ holder: sharing(ann, 2), records: ['cities/1'] });
    const transfer = () => registry.transfer(toLeaseSecret(first), { holder: task });
    expect(await errorOf(transfer())).toBeInstanceOf(LeaseLostError);
    await registry.release(toLeaseSecret(second));
    await transfer();
    // The task shares with nobody.
    const third = registry.acquire({ holder: sharing(ann, 2), records: ['cities/1'] });
    expect(await errorOf(third)).toMatchObject({ code: 'conflict' });
  });

  it('P1: a lease is transferred only while no other tab waits for its records', async () => {
    const { registry } = await open();
    const task: Holder = { ...ann, type: 'task', id: 'task-1' };
    const ofBo = await registry.acquire({ holder: bo, records: ['cities/2'] });
    const first = await registry.acquire({ holder: sharing(ann), records: ['cities/1'] });
    // It waits for Bo, and not for the other tab of its user.
    const waiting = await joinWaitList(registry, { holder: sharing(ann, 2), records: cities(1, 2) });
    const transfer = () => registry.transfer(toLeaseSecret(first), { holder: task });
    expect(await errorOf(transfer())).toBeInstanceOf(LeaseLostError);
    await registry.release(toLeaseSecret(ofBo));
    expect(await registry.isInForce(waiting.leaseId)).toBe(true);
  });

  it('records that a lease has released do not prevent its transfer', async () => {
    const { registry } = await open();
    const task: Holder = { ...ann, type: 'task', id: 'task-1' };
    const first = await registry.acquire({ holder: sharing(ann), records: cities(1, 2) });
    await registry.releaseRecords(toLeaseSecret(first), ['cities/2']);
    await registry.acquire({ holder: sharing(ann, 2), records: ['cities/2'] });
    await registry.transfer(toLeaseSecret(first), { holder: task });
    expect(await registry.isInForce(first.id)).toBe(true);
  });

  it('P5: each write under a shared lease has a fence above that of the other tab', async () => {
    const { registry } = await open();
    const first = await registry.acquire({ holder: sharing(ann), records: ['cities/1'] });
    const second = await registry.acquire({ holder: sharing(ann, 2), records: ['cities/1'] });
    const fences = [first.fence, second.fence];
    for (const lease of [first, second, first]) {
      const { fence, uncovered } = await registry.prove(toLeaseSecret(lease), ['cities/1']);
      expect(uncovered).toEqual([]);
      fences.push(fence);
    }
    const { type, id, actor } = sharing(ann);
    const proven = await registry.proveHolder({ type, id, actorId: actor.id }, ['cities/1']);
    fences.push(proven.leases[0]!.fence);
    expect(fences.map(Number)).toEqual(fences.map(Number).toSorted((a, b) => a - b));
    expect(new Set(fences).size).toBe(fences.length);
  });
});
