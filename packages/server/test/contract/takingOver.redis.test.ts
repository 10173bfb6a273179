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
  inTheWay,
  ticketFor,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const by = cy.actor;
const reason = 'the office closes';
const takeOver = { holder: cy, records: cities(1, 2), by, reason };

describe('taking over', () => {
  it('P12: is refused to everybody where nobody was asked about permission, and nothing changes', async () => {
    const { locks, registry } = await open();
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    expect(await errorOf(locks.takeOver(takeOver))).toMatchObject({ code: 'forbidden' });
    expect((await registry.check(cities(1, 2))).held).toEqual(new Map([['cities/1', [grant.id]]]));
  });

  it('P12: asks about every lease in the way, and anything but true refuses all', async () => {
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

  it('P5, P6: ends the leases in the way and takes the records in one step, with a higher fence', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    const grant = await registry.acquire({ holder: ann, records: cities(0, 10) });
    const lease = await locks.takeOver(takeOver);
    expect(BigInt(lease.fence)).toBeGreaterThan(BigInt(grant.fence));
    expect(await errorOf(registry.renew(toLeaseSecret(grant)))).toBeInstanceOf(LeaseLostError);
    expect((await registry.check(cities(0, 10))).held).toEqual(
      new Map(cities(1, 2).map((record) => [record, [lease.id]])),
    );
  });

  it('P8: is written down: who, whose, and why', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const lease = await locks.takeOver(takeOver);
    expect(await locks.audit.listByRecord('cities/1')).toMatchObject([
      { what: 'acquired', leaseId: lease.id, holder: cy },
      { what: 'released', leaseId: grant.id, holder: ann, reason: 'taken over', by, why: reason },
      { what: 'acquired', leaseId: grant.id, holder: ann },
    ]);
  });

  it('waits for beforeRevoke before the records are free', async () => {
    const seen: unknown[] = [];
    const { locks, registry } = await open({
      authorizeTakeOver: () => true,
      async beforeRevoke(lease: LeaseView, why) {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push([lease.id, why, (await registry.check(['cities/1'])).held.get('cities/1')]);
      },
    });
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await locks.takeOver(takeOver);
    expect(seen).toEqual([[grant.id, { reason: 'taken over', by }, [grant.id]]]);
  });

  it('P2: changes nothing where beforeRevoke throws', async () => {
    const { locks, registry } = await open({
      authorizeTakeOver: () => true,
      beforeRevoke: () => Promise.reject(new Error('the database is away')),
    });
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    await expect(locks.takeOver(takeOver)).rejects.toThrow('the database is away');
    expect((await registry.list()).leases.map(({ id }) => id)).toEqual([grant.id]);
    await registry.renew(toLeaseSecret(grant));
  });

  it('P2: changes nothing where beforeRevoke does not answer in time, and says so', async () => {
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
    const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const refusal = errorOf(locks.takeOver(takeOver));
    await until(() => isAsked);
    clock.turn(10_000);
    expect(await refusal).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`so lease ${grant.id} stays for now`),
    });
    await registry.renew(toLeaseSecret(grant));
  });

  it('P2: ends only leases that were named: one that came in the way meanwhile stops all', async () => {
    const { registry } = await open();
    const named = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const other = await registry.acquire({ holder: bo, records: ['cities/2'] });
    const attempt = registry.takeOver({ ...takeOver, evict: [named.id] });
    expect(await inTheWay(attempt)).toEqual(["Bo's form"]);
    await registry.renew(toLeaseSecret(named));
    await registry.renew(toLeaseSecret(other));
  });

  it('keeps those who wait in the line, behind the new lease', async () => {
    const { locks, registry } = await open({ authorizeTakeOver: () => true });
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await ticketFor(registry, { holder: bo, records: cities(1, 2) });
    const lease = await locks.takeOver(takeOver);
    expect(await waiting.stand()).toMatchObject({ kind: 'waiting', position: 1 });
    await lease.release();
    expect(await waiting.stand()).toMatchObject({ kind: 'acquired' });
  });

  it('P12: steps before nobody who waits, where there is no lease to end', async () => {
    const { locks, registry } = await open();
    await registry.acquire({ holder: ann, records: ['cities/0'] });
    await ticketFor(registry, { holder: bo, records: cities(0, 3) });
    expect(await inTheWay(locks.takeOver(takeOver))).toEqual(["Bo's form"]);
  });

  it('takes what is free without asking', async () => {
    const { locks } = await open();
    expect((await locks.takeOver(takeOver)).records).toEqual(cities(1, 2));
  });
});
