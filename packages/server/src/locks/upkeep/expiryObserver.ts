/**
 * Looks at all heartbeats once a second and ends the leases whose holders have fallen silent.
 *
 * Every process that runs one may: ending is a compare-and-set on the heartbeat that was seen, so a second observer,
 * or a holder that comes back in the last moment, is never harmed. Leases that are `supervised` are not ended here:
 * `seen()` tells how long each has stood still, and somebody who knows better decides.
 *
 * A look counts only if Redis takes writes at that moment. A Redis that answers reads and refuses writes (out of memory, a
 * disk that fails, too few replicas) lets no holder renew, and a heartbeat that stands still says nothing then.
 */
import type { LeaseView } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { createHashReader } from '../../redis/readHashes.ts';
import { type LeaseRow, readLeaseRow } from '../registry/leaseRow.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { LeaseExpiry } from '../registry/requests.ts';
import type { Ending, Revoker } from './revoker.ts';
import { NOTHING_SEEN, type Observation, observe } from './standstill.ts';

const LOOK_INTERVAL_MS = 1_000;
const FACTS = ['holder', 'mode', 'since', 'count', 'ttl', 'expiry'];

/** A lease, and how long its heartbeat has stood still. */
export interface SeenLease {
  lease: LeaseView;
  expiry: LeaseExpiry;
  ttlMs: number;
  /** As it is written: a count, with a letter before it where the lease stands in the queue */
  heartbeat: string;
  stillMs: number;
  /** False where it waits or is being claimed in parts */
  isInForce: boolean;
}

interface LeaseFacts {
  view: LeaseView;
  ttlMs: number;
  expiry: LeaseExpiry;
  /** The heartbeat at which they were read: a transfer, which changes them, raises it */
  atHeartbeat: string;
}

export interface ExpiryObserver {
  /** As the last successful look saw them, oldest first; undefined before the first */
  seen(): readonly SeenLease[] | undefined;
  /** Calls `listener` for each lease that this observer ends; the answer takes it off again. */
  onExpired(listener: (lease: LeaseView, stillMs: number) => void): () => void;
  /** Calls `listener` when a look fails after one that succeeded (`false`), and the other way round; the answer takes it off. */
  onSight(listener: (canLook: boolean) => void): () => void;
  close(): Promise<void>;
}

export function startExpiryObserver(options: {
  redis: Redis | Cluster;
  keys: Keys;
  registry: LockRegistry;
  clock: Clock;
  logger: Logger;
  /** Asks the application before a lease that was in force is ended; absent where it need not be asked */
  revoker: Revoker | undefined;
}): ExpiryObserver {
  const { redis, keys, registry, clock, logger, revoker } = options;
  let observation: Observation = NOTHING_SEEN;
  let seen: readonly SeenLease[] | undefined;
  const readFacts = createHashReader(redis, keys.prefix, { kind: 'lease:', fields: FACTS });
  const listeners = new Set<(lease: LeaseView, stillMs: number) => void>();
  let lastLookMs: number | undefined;
  const facts = new Map<string, LeaseFacts>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    // First of all the proof that Redis takes writes.
    await registry.tendGrace();
    // Those in the queue hold nothing, but they too must beat: who is dead must not be waited for.
    const [inForce, inQueue] = await Promise.all([redis.hgetall(keys.heartbeats), redis.hgetall(keys.queue)]);
    const nowMs = clock.nowMs();
    const heartbeats = new Map(Object.entries({ ...inQueue, ...inForce }));
    observation = observe(observation, heartbeats, nowMs - (lastLookMs ?? nowMs), LOOK_INTERVAL_MS);
    lastLookMs = nowMs;
    for (const id of facts.keys()) if (!heartbeats.has(id)) facts.delete(id);
    await learn(heartbeats);

    const leases: SeenLease[] = [];
    const endings: Ending[] = [];
    const ended = new Set<string>();
    for (const [leaseId, { heartbeat, stillMs }] of observation) {
      const lease = facts.get(leaseId);
      if (!lease) continue;
      const isInForce = leaseId in inForce;
      leases.push({
        lease: lease.view,
        expiry: lease.expiry,
        ttlMs: lease.ttlMs,
        heartbeat,
        stillMs,
        isInForce,
      });
      if (stillMs < lease.ttlMs || (lease.expiry === 'supervised' && isInForce)) continue;
      const endIt = async () => {
        if (await end(lease, heartbeat, stillMs, isInForce)) ended.add(leaseId);
      };
      if (!isInForce || !revoker) await endIt();
      else {
        endings.push({
          lease: lease.view,
          why: { reason: 'expired' },
          isDue: () => observation.get(leaseId)?.heartbeat === heartbeat,
          end: endIt,
        });
      }
    }
    await revoker?.end(endings);
    seen = leases.filter(({ lease }) => !ended.has(lease.id));
  }

  async function end(
    { view }: LeaseFacts,
    heartbeat: string,
    stillMs: number,
    isInForce: boolean,
  ): Promise<boolean> {
    if (!(await registry.expire(view.id, heartbeat, 'expired'))) return false;
    const what = isInForce ? 'lease' : 'waiting lease';
    logger.info(
      `${what} ${view.id} of "${view.holder.label}" expired: no heartbeat for ${Math.round(stillMs)} ms`,
    );
    for (const listener of listeners) listener(view, stillMs);
    return true;
  }

  /** What is new, and what is about to end: it may have been handed to another holder since it was read. */
  async function learn(heartbeats: ReadonlyMap<string, string>): Promise<void> {
    const leaseIds = [...observation].flatMap(([id, { heartbeat, stillMs }]) => {
      const known = facts.get(id);
      return known && (stillMs < known.ttlMs || known.atHeartbeat === heartbeat) ? [] : id;
    });
    if (leaseIds.length === 0) return;
    for (const [i, values] of (await readFacts(leaseIds)).entries()) {
      const [holder, mode, since, count, ttl, expiry] = values;
      // Ended between the two reads: the next look no longer sees it.
      if (!holder || !mode || !since || !count || !ttl) continue;
      const id = leaseIds[i]!;
      facts.set(id, {
        view: readLeaseRow([id, holder, mode, since, count] satisfies LeaseRow),
        ttlMs: Number(ttl),
        expiry: expiry as LeaseExpiry,
        atHeartbeat: heartbeats.get(id)!,
      });
    }
  }

  const sightListeners = new Set<(canLook: boolean) => void>();
  let canLook = true;
  function noteSight(now: boolean): void {
    if (canLook === now) return;
    canLook = now;
    for (const listener of sightListeners) listener(now);
  }

  const stop = clock.every(LOOK_INTERVAL_MS, () => {
    looking ??= look()
      .then(() => noteSight(true))
      .catch((error: unknown) => {
        // Logged once an outage; a look that failed is not counted.
        if (canLook) {
          logger.warn(
            'heartbeats cannot be read or written; no lease expires meanwhile',
            asRowlockError(error),
          );
        }
        noteSight(false);
      })
      .finally(() => {
        looking = undefined;
      });
  });

  return {
    seen: () => seen,
    onExpired(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onSight(listener) {
      sightListeners.add(listener);
      return () => void sightListeners.delete(listener);
    },
    async close() {
      stop();
      await looking;
    },
  };
}
