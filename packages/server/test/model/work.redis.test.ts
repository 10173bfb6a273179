import { startRedis, type TestRedis } from '@rowlock/test-utils';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../src/errors.ts';
import { createLocks, type Locks } from '../../src/locks/locks.ts';
import { connect, openCommands } from '../../src/redis/connection.ts';
import { keysOf } from '../../src/redis/keys.ts';
import { type Presence, watchPresence } from './presence.ts';
import { takeTurns } from './turns.ts';
import { HIERARCHY, holderOf, LOCKABLE } from './universe.ts';

const RUNS = Number(process.env.ROWLOCK_MODEL_RUNS ?? 40);
const SEED = process.env.ROWLOCK_SEED ? { seed: Number(process.env.ROWLOCK_SEED) } : {};
const WORKERS = 5;
const TIMEOUT_MS = 20_000 + RUNS * 500;

let server: TestRedis;
let connections: Redis[];
let namespaces = 0;
beforeAll(async () => {
  server = await startRedis();
  connections = Array.from({ length: WORKERS }, () => openCommands(server.url));
  // Each run of the property opens new registries on these connections.
  for (const redis of connections) redis.setMaxListeners(0);
  await Promise.all(connections.map(connect));
});
afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await server.stop();
});

const pieceOfWork = fc.record({
  how: fc.constantFrom('withLock', 'transfer', 'giveUp', 'takeOver'),
  records: fc.uniqueArray(fc.constantFrom(...LOCKABLE), { minLength: 1, maxLength: 3 }),
  mode: fc.constantFrom('exclusive' as const, 'exclusive' as const, 'shared' as const),
  scope: fc.constantFrom('record' as const, 'subtree' as const),
  /** How many turns the work takes, or how many pass before the worker gives up */
  turns: fc.nat(4),
});
type PieceOfWork = typeof pieceOfWork extends fc.Arbitrary<infer T> ? T : never;

interface Worker {
  locks: Locks;
  number: number;
  presence: Presence;
  takeTurnsFor(count: number): Promise<void>;
}

async function doWork(
  { locks, number, presence, takeTurnsFor }: Worker,
  { how, turns, ...wanted }: PieceOfWork,
) {
  const request = { ...wanted, holder: holderOf(number), ttlMs: 60_000, onConflict: 'wait' as const };
  const work = async (fence: string) => {
    const leave = presence.enter(`worker ${number}`, fence, wanted);
    await takeTurnsFor(turns);
    leave();
  };
  switch (how) {
    case 'withLock':
      return locks.withLock(request, (lease) => work(lease.fence));
    case 'transfer': {
      const lease = await locks.acquire(request);
      const transferred = await lease.transfer(holderOf(number));
      await work(transferred.fence);
      // The old handle no longer owns the lease, so its release ends nothing.
      await lease.release();
      return locks.registry.release({ leaseId: transferred.id, secret: transferred.secret });
    }
    case 'giveUp': {
      const abort = new AbortController();
      const attempt = locks.acquire({ ...request, signal: abort.signal });
      await Promise.race([attempt, takeTurnsFor(turns).then(() => abort.abort('given up'))]).catch(() => {});
      const lease = await attempt.catch((reason) => {
        if (reason !== 'given up') throw reason;
      });
      if (lease) await work(lease.fence);
      return lease?.release();
    }
    case 'takeOver': {
      // This takeover ends no lease: it overtakes waiting leases, or is refused.
      const { onConflict: _, ...rest } = request;
      const reason = 'needed now';
      const by = holderOf(number).actor;
      const acquired = await locks.registry.takeOver({ ...rest, leaseIds: [], by, reason }).catch((error) => {
        if (!(error instanceof ConflictError)) throw error;
      });
      if (acquired) await work(acquired.fence);
      if (acquired) await locks.registry.release({ leaseId: acquired.id, secret: acquired.secret });
    }
  }
}

describe('work of many workers under locks, in whichever order their scripts come', () => {
  it(
    'P1 P5: conflicting workers are never at the same row, all get their turn, and nothing is left behind',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(pieceOfWork, { maxLength: 4, size: 'max' }), {
            ...{ minLength: 2, maxLength: WORKERS },
            size: 'max',
          }),
          fc.scheduler(),
          async (plans, scheduler) => {
            const namespace = `work-${++namespaces}`;
            const turns = takeTurns(scheduler);
            const presence = watchPresence();
            const workers = plans.map((_, number): Worker => {
              const redis = turns.of(connections[number]!, `worker ${number}`);
              const locks = createLocks({ redis, namespace, hierarchy: HIERARCHY });
              const takeTurnsFor = async (count: number) => {
                for (let i = 0; i < count; i++) await scheduler.schedule(Promise.resolve(), `work ${number}`);
              };
              return { locks, number, presence, takeTurnsFor };
            });
            const doAll = async (worker: Worker) => {
              for (const one of plans[worker.number]!) await doWork(worker, one);
            };
            const results = await turns.untilAnswered(Promise.allSettled(workers.map(doAll)));
            await Promise.all(workers.map(({ locks }) => locks.close()));
            expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
            const { prefix, heartbeats, pending } = keysOf(namespace);
            expect(await connections[0]!.exists(heartbeats, pending, `${prefix}waiters`)).toBe(0);
          },
        ),
        { ...SEED, numRuns: RUNS },
      ),
    TIMEOUT_MS,
  );
});
