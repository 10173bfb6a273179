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
  type LockClient,
  ticketFor,
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

it('P7: a lease ends when its heartbeat has been seen to stand still for its TTL, and not before', async () => {
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

it('P7: a lease whose heart beats lives for ever, and each beat begins the count anew', async () => {
  const { registry, look } = await openObserving();
  const grant = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 3_000 });
  for (let seconds = 0; seconds < 12; seconds++) {
    if (seconds % 3 === 2) await registry.renew(toLeaseSecret(grant));
    await look();
  }
  expect(await registry.isInForce(grant.id)).toBe(true);
});

it('P7: looks that failed count for nothing, and a gap between looks counts as two intervals at most', async () => {
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

it('P7: the end is a compare-and-set on the heartbeat that was seen', async () => {
  const { registry } = await open();
  const grant = await registry.acquire({ holder: ann, records: ['cities/1'] });
  await registry.renew(toLeaseSecret(grant));
  expect(await registry.expire(grant.id, 0, 'expired')).toBe(false);
  expect(await registry.isInForce(grant.id)).toBe(true);
  expect(await registry.expire(grant.id, 1, 'expired')).toBe(true);
  expect(await registry.expire(grant.id, 1, 'expired')).toBe(false);
});

it('P7: any number of observers end a lease once', async () => {
  const one = await openObserving();
  const namespace = one.keys.prefix.slice('{rowlock:'.length, -'}:'.length);
  const observers = [one, await openObserving({ namespace }), await openObserving({ namespace })];
  const { id } = await one.registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 3; seconds++) await Promise.all(observers.map(({ look }) => look()));
  const ends = (await one.log()).filter((entry) => entry.kind === 'released');
  expect(ends).toMatchObject([{ leaseId: id }]);
});

it('P6: beforeRevoke is awaited before an expired lease ends; where it throws, the lease stays until the next look', async () => {
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

it('P8: beforeRevoke that never answers keeps its own lease alone, and neither the looks nor closing wait for it', async () => {
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

it('P7: a holder that comes back in the last moment keeps its lease', async () => {
  const { registry, look } = await openObserving({
    beforeRevoke: () => registry.renew(toLeaseSecret(grant)).then(() => {}),
  });
  const grant = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 1_000 });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(grant.id)).toBe(true);
});

it('P8: who stood behind an expired lease comes into force with its end', async () => {
  const { registry, look } = await openObserving();
  await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 2_000 });
  const waiting = await ticketFor(registry, { holder: bo, records: ['cities/1'] });
  for (let seconds = 0; seconds < 3; seconds++) {
    expect(await waiting.stand()).toMatchObject({ kind: 'waiting' });
    await look();
  }
  expect(await waiting.stand()).toMatchObject({ kind: 'acquired' });
});

it('P6: a supervised lease is not ended but told of, with how long it has stood still', async () => {
  const { registry, locks, look } = await openObserving();
  const grant = await registry.acquire({
    holder: ann,
    records: ['cities/1'],
    ttlMs: 1_000,
    expiry: 'supervised',
  });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(grant.id)).toBe(true);
  expect(locks.observer()?.seen()).toMatchObject([
    { lease: { id: grant.id, holder: ann }, expiry: 'supervised', heartbeat: '0', silentMs: 3_000 },
  ]);
});

it('P6: a lease that was handed to one who is supervised is not ended by what was known of it before', async () => {
  const { registry, locks, look } = await openObserving();
  const grant = await registry.acquire({ holder: ann, records: ['cities/1'], ttlMs: 2_000 });
  await look();
  await registry.transfer(toLeaseSecret(grant), { holder: cy, expiry: 'supervised' });
  for (let seconds = 0; seconds < 5; seconds++) await look();
  expect(await registry.isInForce(grant.id)).toBe(true);
  expect(locks.observer()?.seen()).toMatchObject([{ lease: { holder: cy }, expiry: 'supervised' }]);
});

it('P7: a lease that was handed back to one who beats by himself ends when he falls silent', async () => {
  const { registry, look } = await openObserving();
  const grant = await registry.acquire({
    holder: ann,
    records: ['cities/1'],
    ttlMs: 2_000,
    expiry: 'supervised',
  });
  await look();
  await registry.transfer(toLeaseSecret(grant), { holder: cy, expiry: 'heartbeat' });
  for (let seconds = 0; seconds < 4; seconds++) await look();
  expect(await registry.isInForce(grant.id)).toBe(false);
});

it('P8: what ends by itself is swept by itself', async () => {
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
