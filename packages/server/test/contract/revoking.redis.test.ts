import type { LeaseView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  joinWaitList,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const by = cy.actor;
const reason = 'the office closes';
const allowed = { authorizeTakeOver: () => true };

describe('revoking', () => {
  it('P12: revoke is refused to everybody without authorizeTakeOver, and nothing changes', async () => {
    const { locks, registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const refusal = await errorOf(locks.revoke({ leaseIds: [acquired.id], by, reason }));
    expect(refusal).toMatchObject({ code: 'forbidden' });
    expect(await registry.isInForce(acquired.id)).toBe(true);
  });

  it('P12: revoke asks about every lease with a sample of its records, and ends none if one is refused', async () => {
    const asked: string[] = [];
    const { locks, registry } = await open({
      authorizeTakeOver: ({ actor, lease, records }) => {
        asked.push(`${actor.id} from ${lease.holder.actor.id}: ${records.length}`);
        return lease.holder.actor.id === 'ann';
      },
    });
    const ids = [
      (await registry.acquire({ holder: ann, records: cities(0, 30) })).id,
      (await registry.acquire({ holder: bo, records: ['cities/50'] })).id,
    ];
    expect(await errorOf(locks.revoke({ leaseIds: ids, by, reason }))).toMatchObject({ code: 'forbidden' });
    expect(asked).toEqual(['cy from ann: 20', 'cy from bo: 1']);
    expect((await registry.list()).leases).toHaveLength(2);
  });

  it('P4, P6: revoke ends the lease for its owner, frees its records, and acquires nothing', async () => {
    const { locks, registry } = await open(allowed);
    const acquired = await registry.acquire({ holder: ann, records: cities(1, 2) });
    const ended = await locks.revoke({ leaseIds: [acquired.id], by, reason });
    expect(ended).toMatchObject([{ id: acquired.id, holder: ann, recordCount: 2 }]);
    expect(await errorOf(registry.renew(toLeaseSecret(acquired)))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(1, 2))).held).toEqual(new Map());
  });

  it('P8: revoke is logged: who, whose, and why; and the leases that it unblocks come into force', async () => {
    const { locks, registry } = await open(allowed);
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await joinWaitList(registry, { holder: bo, records: ['cities/1'] });
    await locks.revoke({ leaseIds: [acquired.id], by, reason });
    expect(await waiting.renew()).toMatchObject({ kind: 'acquired' });
    expect(await locks.audit.listByHolder(ann)).toMatchObject([
      { what: 'released', leaseId: acquired.id, reason: 'taken over', by, why: reason },
      { what: 'acquired' },
    ]);
  });

  it('P8: revoke is logged as it was, also for a reason that looks like another part of the entry', async () => {
    const { locks, registry } = await open(allowed);
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await registry.revoke({
      leaseIds: [acquired.id],
      by,
      reason: 'closing\u001fby\u001f{"id":"eve","name":"Eve"}',
    });
    expect((await locks.audit.listByHolder(ann))[0]).toMatchObject({
      ...{ what: 'released', leaseId: acquired.id, by },
      why: 'closing by {"id":"eve","name":"Eve"}',
    });
  });

  it('revoke ends a waiting lease too, and the leases after it move up', async () => {
    const { locks, registry } = await open(allowed);
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const first = await joinWaitList(registry, { holder: bo, records: ['cities/1'] });
    const second = await joinWaitList(registry, { holder: cy, records: ['cities/1'] });
    expect(await registry.find([first.leaseId, acquired.id, '99'])).toMatchObject([
      { lease: { id: first.leaseId, holder: bo }, isWaiting: true, heartbeat: 0 },
      { lease: { id: acquired.id, holder: ann }, isWaiting: false, heartbeat: 0 },
    ]);
    await locks.revoke({ leaseIds: [first.leaseId], by, reason });
    expect(await errorOf(first.renew())).toBeInstanceOf(LeaseLostError);
    expect(await second.renew()).toMatchObject({ kind: 'waiting', position: 1 });
  });

  it('revoke answers what it has ended, without a lease that had ended before', async () => {
    const { locks, registry } = await open(allowed);
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const gone = await registry.acquire({ holder: bo, records: ['cities/2'] });
    await registry.release(toLeaseSecret(gone));
    const ended = await locks.revoke({ leaseIds: [gone.id, acquired.id], by, reason });
    expect(ended.map(({ id }) => id)).toEqual([acquired.id]);
    expect(await locks.revoke({ leaseIds: [gone.id], by, reason })).toEqual([]);
  });

  it('revoke waits for beforeRevoke with each lease in force, and ends none if that throws', async () => {
    const marked: string[] = [];
    const { locks, registry } = await open({
      ...allowed,
      async beforeRevoke(lease: LeaseView, why) {
        marked.push(`${lease.holder.actor.id} ${why.reason} by ${why.by?.id}`);
        if (lease.holder.actor.id === 'bo') throw new Error('the database is away');
      },
    });
    const ids = [
      (await registry.acquire({ holder: ann, records: ['cities/1'] })).id,
      (await registry.acquire({ holder: bo, records: ['cities/2'] })).id,
    ];
    await expect(locks.revoke({ leaseIds: ids, by, reason })).rejects.toThrow('the database is away');
    expect(marked).toEqual(['ann taken over by cy', 'bo taken over by cy']);
    expect((await registry.list()).leases).toHaveLength(2);
  });

  it.each([[[]], [['7; drop']], [Array.from({ length: 1_001 }, (_, i) => String(i + 1))]])(
    'revoke refuses malformed ids, no ids at all, and too many',
    async (leaseIds) => {
      const { locks } = await open(allowed);
      expect(await errorOf(locks.revoke({ leaseIds, by, reason }))).toMatchObject({ code: 'bad_request' });
    },
  );
});
