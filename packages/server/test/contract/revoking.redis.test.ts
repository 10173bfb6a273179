import type { LeaseView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { ann, bo, cities, cy, errorOf, ticketFor, toLeaseSecret, useRedis } from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const by = cy.actor;
const reason = 'the office closes';
const allowed = { authorizeTakeOver: () => true };

describe('revoking', () => {
  it('P12: is refused to everybody where nobody was asked about permission, and nothing changes', async () => {
    const { locks, registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const refusal = await errorOf(locks.revoke({ leaseIds: [grant.id], by, reason }));
    expect(refusal).toMatchObject({ code: 'forbidden' });
    expect(await registry.isInForce(grant.id)).toBe(true);
  });

  it('P12: asks about every lease with a sample of its records, and ends none where one is refused', async () => {
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

  it('P4, P6: ends the lease for its owner, frees its records, and takes nothing', async () => {
    const { locks, registry } = await open(allowed);
    const grant = await registry.acquire({ holder: ann, records: cities(1, 2) });
    const ended = await locks.revoke({ leaseIds: [grant.id], by, reason });
    expect(ended).toMatchObject([{ id: grant.id, holder: ann, recordCount: 2 }]);
    expect(await errorOf(registry.renew(toLeaseSecret(grant)))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(1, 2))).held).toEqual(new Map());
  });

  it('P8: is written down: who, whose, and why; and whoever stood behind comes into force', async () => {
    const { locks, registry } = await open(allowed);
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await ticketFor(registry, { holder: bo, records: ['cities/1'] });
    await locks.revoke({ leaseIds: [grant.id], by, reason });
    expect(await waiting.stand()).toMatchObject({ kind: 'acquired' });
    expect(await locks.audit.listByHolder(ann)).toMatchObject([
      { what: 'released', leaseId: grant.id, reason: 'taken over', by, why: reason },
      { what: 'acquired' },
    ]);
  });

  it('P8: is written down as it was, also for a reason that looks like another part of the entry', async () => {
    const { locks, registry } = await open(allowed);
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await registry.revoke({
      leaseIds: [grant.id],
      by,
      reason: 'closing\u001fby\u001f{"id":"eve","name":"Eve"}',
    });
    expect((await locks.audit.listByHolder(ann))[0]).toMatchObject({
      ...{ what: 'released', leaseId: grant.id, by },
      why: 'closing by {"id":"eve","name":"Eve"}',
    });
  });

  it('ends a lease that waits as well, and those behind it move up', async () => {
    const { locks, registry } = await open(allowed);
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const first = await ticketFor(registry, { holder: bo, records: ['cities/1'] });
    const second = await ticketFor(registry, { holder: cy, records: ['cities/1'] });
    expect(await registry.find([first.leaseId, grant.id, '99'])).toMatchObject([
      { lease: { id: first.leaseId, holder: bo }, isWaiting: true, heartbeat: 0 },
      { lease: { id: grant.id, holder: ann }, isWaiting: false, heartbeat: 0 },
    ]);
    await locks.revoke({ leaseIds: [first.leaseId], by, reason });
    expect(await errorOf(first.stand())).toBeInstanceOf(LeaseLostError);
    expect(await second.stand()).toMatchObject({ kind: 'waiting', position: 1 });
  });

  it('says what it has ended: one that had ended before is not among it', async () => {
    const { locks, registry } = await open(allowed);
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const gone = await registry.acquire({ holder: bo, records: ['cities/2'] });
    await registry.release(toLeaseSecret(gone));
    const ended = await locks.revoke({ leaseIds: [gone.id, grant.id], by, reason });
    expect(ended.map(({ id }) => id)).toEqual([grant.id]);
    expect(await locks.revoke({ leaseIds: [gone.id], by, reason })).toEqual([]);
  });

  it('waits for beforeRevoke with each lease in force, and ends none where that throws', async () => {
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
    'refuses ids that are none, none at all, and too many',
    async (leaseIds) => {
      const { locks } = await open(allowed);
      expect(await errorOf(locks.revoke({ leaseIds, by, reason }))).toMatchObject({ code: 'bad_request' });
    },
  );
});
