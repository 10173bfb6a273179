import type { LeaseSecret, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { type HandClock, handClock } from '../../../test/fixtures/handClock.ts';
import { ann, silent, toLeaseSecret, useRedis } from '../../../test/fixtures/lockFixture.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import { createSessionLeases, type LeaseSession } from './sessionLeases.ts';
import type { SessionAcquired } from './sessionLeaseTypes.ts';

const { open } = useRedis();
const tab = (): LeaseSession => ({
  onLeaseLost() {},
  onLeaseWaiting() {},
  onLeaseAcquired() {},
  onReleaseRequested() {},
});
const askTakeOver = async () => [];

function leaseOf(acquired: SessionAcquired) {
  if (acquired.kind === 'waiting') throw new Error('The lease waits.');
  return acquired.lease;
}

/** Lets time pass, second by second; in each the servers hear what Redis answers. */
async function pass(clock: HandClock, registry: LockRegistry, ms: number) {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.turn(500);
    for (let i = 0; i < 4; i++) await registry.check(['cities/9']);
  }
}

describe('a beacon', () => {
  async function twoServers(graceMs?: number) {
    const { registry } = await open();
    const clock = handClock();
    const server = () =>
      createSessionLeases({
        registry,
        clock,
        logger: silent,
        askTakeOver,
        ...(graceMs !== undefined && { graceMs }),
      });
    return { registry, clock, here: server(), there: server() };
  }
  const acquire = async (server: ReturnType<typeof createSessionLeases>, holder = tab()) =>
    toLeaseSecret(
      leaseOf(await server.acquire(holder, { holder: ann, records: ['cities/1'], mode: 'exclusive' })),
    );

  it.each([0, 300, 4_999, 5_000, 20_000])(
    'P6: a beacon ends no lease of a session that is connected elsewhere, with a disconnect grace of %s ms',
    async (graceMs) => {
      const { registry, clock, here, there } = await twoServers(graceMs);
      const leaseSecret = await acquire(here);
      await pass(clock, registry, 1_500);
      await there.announceClose([leaseSecret]);
      await pass(clock, registry, 30_000);
      expect(await registry.isInForce(leaseSecret.leaseId)).toBe(true);
    },
  );

  it('a beacon ends a lease that no server renews, also if it is sent again and again', async () => {
    const { registry, clock, here, there } = await twoServers(300);
    const leaseSecret = await acquire(here);
    here.close();
    const heartbeat = await registry.getHeartbeat(leaseSecret);
    for (let sent = 0; sent < 2; sent++) {
      await there.announceClose([leaseSecret]);
      await pass(clock, registry, 3_000);
    }
    expect(await registry.getHeartbeat(leaseSecret)).toBe(heartbeat);
    await there.announceClose([leaseSecret]);
    await pass(clock, registry, 1_000);
    expect(await registry.isInForce(leaseSecret.leaseId)).toBe(false);
  });

  it('a beacon with a wrong secret does nothing', async () => {
    const { registry, clock, here, there } = await twoServers();
    const { leaseId } = await acquire(here);
    here.close();
    const forged: LeaseSecret = { leaseId, secret: 'f'.repeat(24) };
    await there.announceClose([forged]);
    await pass(clock, registry, 10_000);
    expect(await registry.isInForce(leaseId)).toBe(true);
  });
});

describe('the disconnect grace of a session', () => {
  it.each([0, 300, 5_000, 60_000])('the disconnect grace of a session is %s ms long', async (graceMs) => {
    const { registry } = await open();
    const clock = handClock();
    const server = createSessionLeases({ registry, clock, logger: silent, askTakeOver, graceMs });
    const away = tab();
    const lease = leaseOf(
      await server.acquire(away, { holder: ann, records: ['cities/1'], mode: 'exclusive' }),
    );
    const renewals = async () => Number(await registry.getHeartbeat(toLeaseSecret(lease)).catch(() => -1));
    await pass(clock, registry, 1_500);
    server.noteDisconnected(away);
    const before = await renewals();
    await pass(clock, registry, graceMs - 500);
    if (graceMs > 500) expect(await registry.isInForce(lease.id)).toBe(true);
    // An observer that sees no renewal for the TTL of 15 s would end the lease before the disconnect grace is over.
    expect((await renewals()) - before).toBeGreaterThanOrEqual(Math.floor((graceMs - 500) / 15_000));
    await pass(clock, registry, 1_000);
    expect(await registry.isInForce(lease.id)).toBe(false);
  });
});

describe('the leases of a session', () => {
  async function twoTabs() {
    const { registry } = await open();
    const server = createSessionLeases({ registry, clock: handClock(), logger: silent, askTakeOver });
    const [here, there] = [tab(), tab()];
    const acquire = async (session: LeaseSession, record: RecordKey) =>
      leaseOf(await server.acquire(session, { holder: ann, records: [record], mode: 'exclusive' }));
    const counts = () => [server.getLeaseCount(here), server.getLeaseCount(there)];
    return { server, here, there, acquire, counts };
  }

  it('a session counts a lease until it is released, resumed by another session, or the session disconnects', async () => {
    const { server, here, there, acquire, counts } = await twoTabs();
    const [first, second] = [await acquire(here, 'cities/1'), await acquire(here, 'cities/2')];
    expect(counts()).toEqual([2, 0]);
    await server.release(toLeaseSecret(first));
    expect(counts()).toEqual([1, 0]);
    await server.resume(there, toLeaseSecret(second), { actorId: ann.actor.id });
    expect(counts()).toEqual([0, 1]);
    expect(server.listHolders()).toEqual(new Set([there]));
    server.noteDisconnected(there);
    expect(counts()).toEqual([0, 0]);
    expect(server.listHolders().size).toBe(0);
    server.close();
  });

  it('a change of records is read only if this process keeps the lease', async () => {
    const { server, here, acquire } = await twoTabs();
    const { id } = await acquire(here, 'cities/1');
    const isRead = (leaseId: string) => {
      let reads = 0;
      server.noteRecords(leaseId, () => {
        reads += 1;
        return { added: ['cities/2'] };
      });
      return reads === 1;
    };
    expect([isRead(id), isRead('404')]).toEqual([true, false]);
    expect(server.listRequests(here)).toMatchObject([{ leaseId: id, records: ['cities/1', 'cities/2'] }]);
    server.close();
  });
});
