import type { LeaseView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { expect, it } from 'vitest';
import { type HandClock, handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  type ClientOptions,
  cy,
  errorOf,
  joinWaitList,
  type LockClient,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

/** A process that observes, by a clock that the test turns. */
async function openObserving(options: ClientOptions = {}) {
  const clock = handClock();
  const client = await open({ ...options, clock });
  await client.locks.start();
  return { ...client, clock, look: () => look(client, clock) };
}

/** Lets one second pass, and waits until the observer has looked and done what is to do. */
async function look({ locks, redis }: LockClient, clock: HandClock): Promise<void> {
  const observer = locks.observer()!;
  const before = observer.seen();
  clock.turn(1_000);
  await until(() => observer.seen() !== before, { intervalMs: 1 });
  await redis.ping();
  await new Promise((resolve) => setImmediate(resolve));
}

it('P7: a lease ends after its TTL without a renewal, as an observer sees it, and not before', async () => {
  const { registry, look, log } = await openObserving();
  const { id } = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 3_000 });
  for (let seconds = 0; seconds < 3; seconds++) {
    await look();
    expect(await registry.isInForce(id)).toBe(true);
  }
  await look();
  expect(await registry.isInForce(id)).toBe(false);
  expect((await log()).at(-1)).toMatchObject({
    kind: 'released',
    leaseId: id,
    reason: 'expired',
    holder: ann,
  });
  await registry.acquire({ holder: bo, records: ['cities/1'] });
});

it('P7: a renewed lease never expires, and each renewal resets its age', async () => {
  const { registry, look } = await openObserving();
  const acquired = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 3_000 });
  for (let seconds = 0; seconds < 12; seconds++) {
    if (seconds % 3 === 2) await registry.renew(toLeaseSecret(acquired));
    await look();
  }
  expect(await registry.isInForce(acquired.id)).toBe(true);
});

it('P7: failed checks do not count, and a gap between checks counts as two intervals at most', async () => {
  const { registry, look, redis, clock, keys } = await openObserving();
  const { id } = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 5_000 });
  await look();
  redis.disconnect();
  await until(() => redis.status === 'end');
  clock.turn(60_000);
  await redis.connect();
  expect(await redis.hexists(keys.heartbeats, id)).toBe(1);
  await look();
  for (let seconds = 0; seconds < 2; seconds++) await look();
  expect(await registry.isInForce(id)).toBe(true);
  await look();
  expect(await registry.isInForce(id)).toBe(false);
});

it('P7: expire compares the heartbeat that was seen', async () => {
  const { registry } = await open();
  const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
  await registry.renew(toLeaseSecret(acquired));
  expect(await registry.expire(acquired.id, 0, 'expired')).toBe(false);
  expect(await registry.isInForce(acquired.id)).toBe(true);
  expect(await registry.expire(acquired.id, 1, 'expired')).toBe(true);
  expect(await registry.expire(acquired.id, 1, 'expired')).toBe(false);
});

it('P7: any number of observers expire a lease once', async () => {
  const one = await openObserving();
  const namespace = one.keys.prefix.slice('{rowlock:'.length, -'}:'.length);
  const observers = [one, await openObserving({ namespace }), await openObserving({ namespace })];
  const { id } = await one.registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 3; seconds++) await Promise.all(observers.map(({ look }) => look()));
  const ends = (await one.log()).filter((entry) => entry.kind === 'released');
  expect(ends).toMatchObject([{ leaseId: id }]);
});

it('P6: beforeRevoke is awaited before an expired lease ends; if it throws, the lease stays until the next check', async () => {
  const seen: [string, unknown, number][] = [];
  let isAway = true;
  const { registry, look } = await openObserving({
    async beforeRevoke(lease: LeaseView, why) {
      seen.push([lease.id, why, (await registry.check(['cities/1'])).held.size]);
      if (isAway) throw new Error('the database is away');
    },
  });
  const { id } = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 2; seconds++) await look();
  expect(await registry.isInForce(id)).toBe(true);
  isAway = false;
  await look();
  expect(await registry.isInForce(id)).toBe(false);
  expect(seen).toEqual([
    [id, { reason: 'expired' }, 1],
    [id, { reason: 'expired' }, 1],
  ]);
});

it('P8: a beforeRevoke that never answers keeps only its own lease, and neither the checks nor closing wait for it', async () => {
  const asked: string[] = [];
  const { registry, locks, clock } = await openObserving({
    beforeRevoke({ id }) {
      asked.push(id);
      return id === stuck.id ? new Promise(() => {}) : undefined;
    },
  });
  const stuck = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  const other = await registry.acquire({ holder: bo, records: ['cities/2'], ttlMs: 1_000 });
  const later = await registry.acquire({ holder: cy, records: ['cities/3'], ttlMs: 3_000 });
  for (const { id } of [other, later]) {
    await until(async () => {
      clock.turn(500);
      return !(await registry.isInForce(id));
    });
  }
  expect(await registry.isInForce(stuck.id)).toBe(true);
  expect(asked).toEqual([stuck.id, other.id, later.id]);
  let isClosed = false;
  void locks.close().then(() => {
    isClosed = true;
  });
  await until(() => {
    clock.turn(500);
    return isClosed;
  });
  expect(await registry.isInForce(stuck.id)).toBe(true);
});

it('P7: a holder that returns in the last moment keeps its lease', async () => {
  const { registry, look } = await openObserving({
    beforeRevoke: () => registry.renew(toLeaseSecret(acquired)).then(() => {}),
  });
  const acquired = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(acquired.id)).toBe(true);
});

it('P8: a waiting lease comes into force when the lease that blocks it expires', async () => {
  const { registry, look } = await openObserving();
  await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 2_000 });
  const waiting = await joinWaitList(registry, { holder: bo, records: ['cities/1'] });
  for (let seconds = 0; seconds < 3; seconds++) {
    expect(await waiting.renew()).toMatchObject({ kind: 'waiting' });
    await look();
  }
  expect(await waiting.renew()).toMatchObject({ kind: 'acquired' });
});

it('P6: an observer does not end a supervised lease, but reports for how long it was not renewed', async () => {
  const { registry, locks, look } = await openObserving();
  const acquired = await registry.acquire({
    holder: ann,
    records: ['cities/1'],
    ttlMs: 1_000,
    expiry: 'supervised',
  });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(acquired.id)).toBe(true);
  expect(locks.observer()?.seen()).toMatchObject([
    { lease: { id: acquired.id, holder: ann }, expiry: 'supervised', heartbeat: '0', silentMs: 3_000 },
  ]);
});

it('P6: a lease that was transferred to a supervised holder is not ended by what was known before', async () => {
  const { registry, locks, look } = await openObserving();
  const acquired = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 2_000 });
  await look();
  await registry.transfer(toLeaseSecret(acquired), { holder: cy, expiry: 'supervised' });
  for (let seconds = 0; seconds < 5; seconds++) await look();
  expect(await registry.isInForce(acquired.id)).toBe(true);
  expect(locks.observer()?.seen()).toMatchObject([{ lease: { holder: cy }, expiry: 'supervised' }]);
});

it('P7: a supervised lease that becomes a heartbeat lease again expires if its holder does not renew it', async () => {
  const { registry, look } = await openObserving();
  const acquired = await registry.acquire({
    holder: ann,
    records: ['cities/1'],
    ttlMs: 2_000,
    expiry: 'supervised',
  });
  await look();
  await registry.transfer(toLeaseSecret(acquired), { holder: cy, expiry: 'heartbeat' });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(acquired.id)).toBe(false);
});

it('P8: an expired lease is swept without a call', async () => {
  const { registry, look, clock, keyNames, redis } = await openObserving();
  const { id } = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 2; seconds++) await look();
  await until(async () => {
    clock.turn(500);
    return (await keyNames()).includes(`was:${id}`) && !(await keyNames()).includes('rec:cities');
  });
  expect(await errorOf(registry.renew({ leaseId: id, secret: '' }))).toMatchObject({ code: 'lease_lost' });
  await redis.ping();
});
