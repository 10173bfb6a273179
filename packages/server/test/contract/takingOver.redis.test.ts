import type { LeaseView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  joinWaitList,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const by = cy.actor;
const reason = 'the office closes';
const takeOver = { holder: cy, records: cities(1, 2), by, reason };

describe('taking over', () => {
  it('P12: a takeover is refused to everybody without authorizeTakeOver, and nothing changes', async () => {
    const { locks, registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    expect(await errorOf(locks.takeOver(takeOver))).toMatchObject({ code: 'forbidden' });
    expect((await registry.check(cities(1, 2))).held).toEqual(new Map([['cities/1', [acquired.id]]]));
  });

  it('P12: a takeover asks about every blocking lease, and any answer but true refuses all', async () => {
    const asked: string[] = [];
    const { locks, registry } = await open({
      authorizeTakeOver: ({ actor, lease, records }) => {
        asked.push(`${actor.id} from ${lease.holder.actor.id}: ${records.join()}`);
        return (lease.holder.actor.id === 'ann' ? true : 'yes') as boolean;
      },
    });
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await registry.acquire({ holder: bo, records: ['cities/2'] });
    expect(await errorOf(locks.takeOver(takeOver))).toMatchObject({ code: 'forbidden' });
    expect(asked).toEqual(['cy from ann: cities/1', 'cy from bo: cities/2']);
    expect((await registry.list()).leases).toHaveLength(2);
  });

  it('P5, P6: a takeover ends the blocking leases and acquires the records in one step, with a higher fence', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 10) });
    const lease = await locks.takeOver(takeOver);
    expect(BigInt(lease.fence)).toBeGreaterThan(BigInt(acquired.fence));
    expect(await errorOf(registry.renew(toLeaseSecret(acquired)))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(0, 10))).held).toEqual(
      new Map(cities(1, 2).map((record) => [record, [lease.id]])),
    );
  });

  it('P8: a takeover is logged: who, whose, and why', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const lease = await locks.takeOver(takeOver);
    expect(await locks.audit.listByRecord('cities/1')).toMatchObject([
      { what: 'acquired', leaseId: lease.id, holder: cy },
      { what: 'released', leaseId: acquired.id, holder: ann, reason: 'taken over', by, why: reason },
      { what: 'acquired', leaseId: acquired.id, holder: ann },
    ]);
  });

  it('P1, P6: a move ends the named leases of the same actor, and logs it', async () => {
    const { locks, registry } = await open();
    const annElsewhere = { ...ann, id: 'another-tab-of-ann' };
    const acquired = await registry.acquire({ holder: ann, records: cities(1, 2) });
    const move = {
      holder: annElsewhere,
      by: ann.actor,
      reason,
      end: 'moved',
      leaseIds: [acquired.id],
    } as const;
    const lease = await registry.takeOver({ ...move, records: ['cities/1'] });
    expect((await registry.check(cities(1, 2))).held).toEqual(new Map([['cities/1', [lease.id]]]));
    expect(await locks.audit.listByRecord('cities/2')).toMatchObject([
      { what: 'released', leaseId: acquired.id, reason: 'moved', by: ann.actor },
      { what: 'acquired' },
    ]);
  });

  it('P4: a move ends neither a lease of another user nor one that is a task by now', async () => {
    const { registry } = await open();
    const annElsewhere = { ...ann, id: 'another-tab-of-ann' };
    const ofBo = await registry.acquire({ holder: bo, records: ['cities/1'] });
    const ofAnn = await registry.acquire({ holder: ann, records: ['cities/2'] });
    await registry.transfer(toLeaseSecret(ofAnn), { holder: { ...ann, type: 'task', id: 'task-1' } });
    for (const { id, record } of [
      { id: ofBo.id, record: 'cities/1' },
      { id: ofAnn.id, record: 'cities/2' },
    ] as const) {
      const move = { holder: annElsewhere, records: [record], by: ann.actor, reason } as const;
      const refused = registry.takeOver({ ...move, leaseIds: [id], end: 'moved' });
      expect(await errorOf(refused)).toMatchObject({ code: 'conflict' });
      expect(await registry.isInForce(id)).toBe(true);
    }
  });

  it('a takeover waits for beforeRevoke before the records are free', async () => {
    const seen: unknown[] = [];
    const { locks, registry } = await open({
      authorizeTakeOver: () => true,
      async beforeRevoke(lease: LeaseView, why) {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push([lease.id, why, (await registry.check(['cities/1'])).held.get('cities/1')]);
      },
    });
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await locks.takeOver(takeOver);
    expect(seen).toEqual([[acquired.id, { reason: 'taken over', by }, [acquired.id]]]);
  });

  it('P2: a takeover changes nothing if beforeRevoke throws', async () => {
    const { locks, registry } = await open({
      authorizeTakeOver: () => true,
      beforeRevoke: () => Promise.reject(new Error('the database is away')),
    });
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(locks.takeOver(takeOver)).rejects.toThrow('the database is away');
    expect((await registry.list()).leases.map(({ id }) => id)).toEqual([acquired.id]);
    await registry.renew(toLeaseSecret(acquired));
  });

  it('P2: a takeover changes nothing if beforeRevoke does not answer in time, and says so', async () => {
    const clock = handClock();
    let isAsked = false;
    const { locks, registry } = await open({
      clock,
      authorizeTakeOver: () => true,
      beforeRevoke() {
        isAsked = true;
        return new Promise(() => {});
      },
    });
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const refusal = errorOf(locks.takeOver(takeOver));
    await until(() => isAsked);
    clock.turn(10_000);
    expect(await refusal).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`so lease ${acquired.id} stays for now`),
    });
    await registry.renew(toLeaseSecret(acquired));
  });

  it('P2: a takeover ends only named leases: another blocking lease stops all', async () => {
    const { registry } = await open();
    const named = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const other = await registry.acquire({ holder: bo, records: ['cities/2'] });
    const attempt = registry.takeOver({ ...takeOver, leaseIds: [named.id] });
    expect(await listBlockers(attempt)).toEqual(["Bo's form"]);
    await registry.renew(toLeaseSecret(named));
    await registry.renew(toLeaseSecret(other));
  });

  it('a takeover keeps the waiters in the wait list, after the new lease', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await joinWaitList(registry, { holder: bo, records: cities(1, 2) });
    const lease = await locks.takeOver(takeOver);
    expect(await waiting.renew()).toMatchObject({ kind: 'waiting', position: 1 });
    await lease.release();
    expect(await waiting.renew()).toMatchObject({ kind: 'acquired' });
  });

  it('P12: a takeover without a lease to end overtakes no waiter', async () => {
    const { locks, registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/0'] });
    await joinWaitList(registry, { holder: bo, records: cities(0, 3) });
    expect(await listBlockers(locks.takeOver(takeOver))).toEqual(["Bo's form"]);
  });

  it('a takeover of free records needs no permission', async () => {
    const { locks } = await open();
    expect((await locks.takeOver(takeOver)).records).toEqual(cities(1, 2));
  });
});
