import type { RecordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { ConflictError, UnavailableError } from '../../src/errors.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  getConflicts,
  joinWaitList,
  type LockClient,
  listBlockers,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

/** Two processes in one namespace. */
async function openTwo() {
  const one = await open();
  const namespace = one.keys.prefix.slice('{rowlock:'.length, -'}:'.length);
  const other = await open({ namespace });
  return [one, other] as const;
}

/** The lease of a request in parts that is in progress, as soon as its first part is acquired. */
async function untilInParts({ redis, keys }: LockClient): Promise<string> {
  for (const deadlineMs = performance.now() + 5_000; performance.now() < deadlineMs; ) {
    const [inParts] = Object.entries(await redis.hgetall(keys.pending)).filter(([, heartbeat]) =>
      heartbeat.startsWith('p'),
    );
    if (inParts) return inParts[0];
  }
  throw new Error('no request in parts was seen');
}

/** Runs a function once, just before this client's next script of two arguments: the last step of a request in parts. */
function beforeLastStep({ redis }: LockClient, interlude: () => Promise<void>): void {
  let isOver = false;
  for (const name of ['eval', 'evalsha'] as const) {
    const send = redis[name].bind(redis) as (...args: unknown[]) => Promise<unknown>;
    redis[name] = (async (...args: unknown[]) => {
      const [, , , ...ownArgs] = args;
      if (ownArgs.length === 2 && !isOver) {
        isOver = true;
        await interlude();
      }
      return send(...args);
    }) as (typeof redis)[typeof name];
  }
}

describe('a request for more records than one step acquires', () => {
  it.each([50_000, 200_000])(
    'P1: a large request of %i records is unseen until its last step, and complete from then on',
    async (count) => {
      const [one, other] = await openTwo();
      const records = cities(0, count);
      const some = records.filter((_, i) => i % (count / 20) === 0);
      let isOver = false;
      const attempt = one.registry.acquire({ holder: ann, records }).finally(() => {
        isOver = true;
      });
      const seen = new Set<number>();
      let looksMeanwhile = 0;
      while (!isOver) {
        const isClaiming = (await other.redis.hlen(other.keys.pending)) > 0;
        seen.add((await other.registry.check(some)).held.size);
        if (isClaiming && !isOver) looksMeanwhile++;
      }
      const acquired = await attempt;
      expect(looksMeanwhile).toBeGreaterThan(0);
      expect([...seen].filter((size) => size !== 0 && size !== some.length)).toEqual([]);
      expect(acquired).toMatchObject({ recordCount: count, skipped: [] });
      expect((await other.registry.check(some)).held.size).toBe(some.length);
      expect((await one.log()).map(({ kind }) => kind)).toEqual(['epoch', 'acquired']);
      await one.registry.release(toLeaseSecret(acquired));
      expect((await other.registry.check(some)).held.size).toBe(0);
    },
  );

  it('P2, P3: a large request is rolled back completely on a conflict, whose report covers all parts', async () => {
    const [one, other] = await openTwo();
    for (const [holder, from] of [
      [ann, 9_990],
      [bo, 49_990],
    ] as const) {
      await other.registry.acquire({ holder, records: cities(from, 30) });
    }
    const before = await one.keyNames();
    const logged = await one.log();
    const conflicts = await getConflicts(one.registry.acquire({ holder: cy, records: cities(0, 50_000) }));
    expect(conflicts).toMatchObject([
      { lease: { holder: ann }, recordCount: 30, records: cities(9_990, 20) },
      { lease: { holder: bo }, recordCount: 10, records: cities(49_990, 10) },
    ]);
    expect((await other.registry.check(cities(0, 50_000))).held.size).toBe(40);
    await other.registry.acquire({ holder: cy, records: cities(0, 100) });
    expect((await one.log()).slice(logged.length).map(({ kind }) => kind)).toEqual(['acquired']);
    await one.sweepAll();
    expect((await one.keyNames()).filter((name) => !/^(ids|lease):/.test(name))).toEqual(
      before.filter((name) => !/^(ids|lease):/.test(name)),
    );
    expect(await one.redis.hlen(`${one.keys.prefix}rec:cities`)).toBe(160);
  });

  it('a large request restarts if somebody else has acquired a part of it meanwhile, and succeeds', async () => {
    const [one, other] = await openTwo();
    const attempt = one.registry.acquire({ holder: ann, records: cities(0, 200_000) });
    const broken = await untilInParts(other);
    const small = await other.registry.acquire({ holder: bo, records: ['cities/0'] });
    await other.registry.release(toLeaseSecret(small));
    const acquired = await attempt;
    expect(acquired.id).not.toBe(broken);
    expect(acquired.recordCount).toBe(200_000);
    expect((await other.registry.check(['cities/0'])).held.get('cities/0')).toEqual([acquired.id]);
  });

  it('P1: a large request is refused if that part is still held', async () => {
    const [one, other] = await openTwo();
    const attempt = listBlockers(one.registry.acquire({ holder: ann, records: cities(0, 200_000) }));
    await untilInParts(other);
    await other.registry.acquire({ holder: bo, records: ['cities/0'] });
    expect(await attempt).toEqual(["Bo's form"]);
    expect((await other.registry.check(cities(0, 200_000))).held.size).toBe(1);
  });

  it('a large request restarts also if that was between its last part and its last step', async () => {
    const [one, other] = await openTwo();
    const records = cities(0, 12_000);
    let broken = '';
    beforeLastStep(one, async () => {
      broken = await untilInParts(other);
      const small = await other.registry.acquire({ holder: bo, records: ['cities/11999'] });
      await other.registry.release(toLeaseSecret(small));
    });
    const acquired = await one.registry.acquire({ holder: ann, records });
    expect(broken).not.toBe('');
    expect(acquired.id).not.toBe(broken);
    expect((await one.registry.check(records)).held.size).toBe(12_000);
  });

  it('P1: exactly one of two large requests at the same time succeeds', async () => {
    const [one, other] = await openTwo();
    const results = await Promise.allSettled([
      one.registry.acquire({ holder: ann, records: cities(0, 30_000) }),
      other.registry.acquire({ holder: bo, records: cities(20_000, 30_000) }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(ConflictError);
    expect(refused?.reason).toMatchObject({ conflicts: [{ recordCount: 10_000 }] });
    expect((await one.registry.check(cities(0, 50_000))).held.size).toBe(30_000);
  });

  it('a large request with skip acquires the free records of all parts, and is refused if no record is free', async () => {
    const { registry, redis, keys } = await open();
    const held = [...cities(0, 10), ...cities(30_000, 10)];
    await registry.acquire({ holder: ann, records: held });
    const acquired = await registry.acquire({ holder: bo, records: cities(0, 50_000), onConflict: 'skip' });
    expect(acquired.recordCount).toBe(49_980);
    expect(acquired.skipped).toEqual(held);
    expect(acquired.conflicts).toMatchObject([{ lease: { holder: ann }, recordCount: 20 }]);
    const again = registry.acquire({ holder: cy, records: cities(0, 50_000), onConflict: 'skip' });
    expect((await listBlockers(again)).sort()).toEqual(["Ann's form", "Bo's form"]);
    expect(await redis.hlen(keys.pending)).toBe(0);
    expect(await registry.releaseRecords(toLeaseSecret(acquired), cities(0, 30_000))).toBe(19_990);
  });

  it('a large request has its position in the wait list from its first part on', async () => {
    const { registry } = await open();
    const holding = await registry.acquire({ holder: ann, records: ['cities/29999'] });
    const large = await joinWaitList(registry, { holder: bo, records: cities(0, 30_000) });
    expect(await listBlockers(registry.acquire({ holder: cy, records: ['cities/0'] }))).toEqual([
      "Bo's form",
    ]);
    await registry.release(toLeaseSecret(holding));
    expect(await large.renew()).toMatchObject({ kind: 'acquired', lease: { recordCount: 30_000 } });
  });
});

describe('a process that crashes during a request in parts', () => {
  it('P8: a large request of a crashed process blocks nobody, and an observer clears it', async () => {
    const [one, other] = await openTwo();
    const clock = handClock();
    const namespace = one.keys.prefix.slice('{rowlock:'.length, -'}:'.length);
    const observing = await open({ namespace, clock });
    await observing.locks.start();
    const records: RecordKey[] = cities(0, 200_000);
    const attempt = errorOf(one.registry.acquire({ holder: ann, records, ttlMs: 2_000 }));
    const inParts = await untilInParts(other);
    one.redis.disconnect();
    expect(await attempt).toBeInstanceOf(UnavailableError);
    expect(await other.redis.hget(other.keys.pending, inParts)).toMatch(/^p\d+$/);
    expect((await other.registry.check(cities(0, 100))).held.size).toBe(0);
    const small = await other.registry.acquire({ holder: bo, records: cities(0, 100) });
    await until(async () => {
      await other.registry.renew(toLeaseSecret(small));
      clock.turn(1_000);
      return (await other.redis.hlen(other.keys.pending)) === 0;
    });
    await other.sweepAll();
    expect(await other.redis.hlen(`${other.keys.prefix}rec:cities`)).toBe(100);
    expect((await other.keyNames()).filter((name) => name.endsWith(inParts))).toEqual([]);
  });
});
