import { until } from '@rowlock/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { handClock } from '../fixtures/handClock.ts';
import { ann, bo, cities, errorOf, toLeaseSecret, useRedis } from '../fixtures/lockFixture.ts';
import { REFUSALS } from '../fixtures/refusals.ts';

const TTL_MS = 5_000;
const { open, server } = useRedis();
let end: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await end?.();
  end = undefined;
});

describe.each(REFUSALS)('a Redis that answers reads and refuses writes because $reason', (refusal) => {
  async function begin() {
    await refusal.begin(server());
    end = () => refusal.end(server());
  }
  async function recover() {
    await end?.();
    end = undefined;
  }

  it('P7: a Redis that refuses writes ends no lease, however long it lasts, and living holders keep their records', async () => {
    const clock = handClock();
    const { locks, registry, keys } = await open({ clock });
    const reader = await open();
    await locks.start();
    const observer = locks.observer()!;
    const sight: boolean[] = [];
    observer.onSight((canLook) => sight.push(canLook));
    const acquired = await registry.acquire({ holder: ann, records: cities(1, 1), ttlMs: TTL_MS });
    const position = await registry.acquireOrWait({ holder: bo, records: cities(1, 1), ttlMs: TTL_MS });

    await begin();
    for (let seconds = 0; seconds < (3 * TTL_MS) / 1_000; seconds++) {
      clock.turn(1_000);
      // Time for what the observer asks: it is answered before this, unless it is paused.
      for (let reads = 0; reads < 4; reads++) expect(await reader.redis.hlen(keys.heartbeats)).toBe(1);
    }
    await until(() => sight.at(-1) === false, { what: 'the observer to notice', timeoutMs: 10_000 });
    await recover();
    clock.turn(1_000);
    await until(() => sight.at(-1) === true, { what: 'the observer to look again', timeoutMs: 10_000 });

    expect(await registry.isInForce(acquired.id)).toBe(true);
    expect(await registry.renew(toLeaseSecret(acquired))).toBeGreaterThan(0);
    expect((await registry.listHolders(cities(1, 1))).get('cities/1')).toMatchObject([
      { lease: { holder: ann }, isWaiting: false },
      { lease: { holder: bo }, isWaiting: true },
    ]);
    expect(position.kind).toBe('waiting');
  });

  it('P11: a Redis that refuses writes fails every verb that acquires or keeps a record, and the error says so', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(1, 1) });
    await begin();
    const verbs = [
      () => registry.acquire({ holder: bo, records: cities(2, 1) }),
      () => registry.acquireOrWait({ holder: bo, records: cities(1, 1) }),
      // A heartbeat needs no memory.
      ...(refusal.reason === 'it is out of memory' ? [] : [() => registry.renew(toLeaseSecret(acquired))]),
      () => registry.prove(toLeaseSecret(acquired), cities(1, 1)),
      () => registry.resume(toLeaseSecret(acquired)),
      // The end of a tab that stayed away: it could not have come back.
      () => registry.expire(acquired.id, 0, 'closed'),
    ];
    const errors = await Promise.all(verbs.map((verb) => errorOf(verb())));
    await recover();
    for (const error of errors) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect((error as Error).message).toMatch(/Redis answers and refuses|did not answer in time/);
    }
    // Writes that were only paused happen afterwards.
    if (refusal.reason !== 'its writes are paused')
      expect(await registry.renew(toLeaseSecret(acquired))).toBe(1);
  });
});

it('P6: a holder renews while Redis is out of memory, and keeps its records for longer than the TTL', async () => {
  const { locks, redis, keys } = await open();
  const lease = await locks.acquire({ holder: ann, records: cities(1, 1), ttlMs: 1_000 });
  const [outOfMemory] = REFUSALS;
  await outOfMemory!.begin(server());
  end = () => outOfMemory!.end(server());
  const heartbeats = async () => Number(await redis.hget(keys.heartbeats, lease.id));
  await until(async () => (await heartbeats()) >= 6, {
    what: 'six renewals, which take twice the TTL',
    timeoutMs: 10_000,
  });
  expect(lease.signal.aborted).toBe(false);
  await lease.release();
});
