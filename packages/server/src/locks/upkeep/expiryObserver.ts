/**
 * Checks all heartbeats once a second, and expires the leases that are not renewed.
 *
 * Every process may run an observer. Expiring compares the observed heartbeat first, so a second observer does no harm, and
 * a holder that returns in the last moment keeps its lease. Observers do not expire `supervised` leases: `seen()`
 * says for how long each was not renewed, and another party decides.
 *
 * A check counts only if Redis accepts writes at that moment. A Redis that answers reads and refuses writes (out of memory, a
 * failing disk, too few replicas) lets no holder renew, and a missing renewal says nothing then.
 */
import type { LeaseView } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { LeaseExpiry } from '../registry/requests.ts';
import { ageHeartbeats, type HeartbeatAges, NOTHING_SEEN } from './heartbeatAges.ts';
import { createLeaseFactReader } from './leaseFacts.ts';
import type { Ending, Revoker } from './revoker.ts';

const CHECK_INTERVAL_MS = 1_000;

/** A lease, and for how long it was not renewed. */
export interface SeenLease {
  lease: LeaseView;
  expiry: LeaseExpiry;
  ttlMs: number;
  /** As Redis stores it: a count, with a letter before it if the lease is pending */
  heartbeat: string;
  silentMs: number;
  /** False if it waits, or if its request proceeds in parts */
  isInForce: boolean;
}

type ExpiredListener = (lease: LeaseView, silentMs: number) => void;
type SightListener = (canCheck: boolean) => void;

export interface ExpiryObserver {
  /** The leases of the last successful check, oldest first; undefined before the first */
  seen(): readonly SeenLease[] | undefined;
  /** Calls `listener` for each lease that this observer expires. Answers a function that removes it. */
  onExpired(listener: ExpiredListener): () => void;
  /** Calls `listener` when checks begin to fail (`false`), or succeed again. Answers a function that removes it. */
  onSight(listener: SightListener): () => void;
  close(): Promise<void>;
}

interface ObserverDeps {
  redis: Redis | Cluster;
  keys: Keys;
  registry: LockRegistry;
  clock: Clock;
  logger: Logger;
  /** Asks the application before a lease in force ends; undefined if it need not be asked */
  revoker: Revoker | undefined;
}

export function startExpiryObserver(deps: ObserverDeps): ExpiryObserver {
  const { clock, logger } = deps;
  const expiredListeners = new Set<ExpiredListener>();
  const sightListeners = new Set<SightListener>();
  const checks = createChecks(deps, (lease, silentMs) => {
    for (const listener of expiredListeners) listener(lease, silentMs);
  });
  let canCheck = true;
  let checking: Promise<void> | undefined;

  function noteSight(now: boolean): void {
    if (canCheck === now) return;
    canCheck = now;
    for (const listener of sightListeners) listener(now);
  }

  const stop = clock.every(CHECK_INTERVAL_MS, () => {
    checking ??= checks
      .check()
      .then(() => noteSight(true))
      .catch((error: unknown) => {
        // Logged once for each outage. A failed check does not count.
        if (canCheck) {
          logger.warn(
            'Heartbeats cannot be read or written. No lease expires until they can.',
            asRowlockError(error),
          );
        }
        noteSight(false);
      })
      .finally(() => {
        checking = undefined;
      });
  });

  return {
    seen: checks.seen,
    onExpired(listener) {
      expiredListeners.add(listener);
      return () => void expiredListeners.delete(listener);
    },
    onSight(listener) {
      sightListeners.add(listener);
      return () => void sightListeners.delete(listener);
    },
    async close() {
      stop();
      await checking;
    },
  };
}

function createChecks(
  { redis, keys, registry, clock, logger, revoker }: ObserverDeps,
  onExpired: ExpiredListener,
) {
  const facts = createLeaseFactReader(redis, keys);
  let ages: HeartbeatAges = NOTHING_SEEN;
  let seen: readonly SeenLease[] | undefined;
  let lastCheckMs: number | undefined;

  async function readHeartbeats() {
    // First, to prove that Redis accepts writes.
    await registry.checkRestart();
    // A waiting lease covers nothing, but must be renewed too: nobody must wait behind a process that has crashed.
    const [inForce, pending] = await Promise.all([
      redis.hgetall(keys.heartbeats),
      redis.hgetall(keys.pending),
    ]);
    return { inForce, heartbeats: new Map(Object.entries({ ...pending, ...inForce })) };
  }

  async function check(): Promise<void> {
    const { inForce, heartbeats } = await readHeartbeats();
    const nowMs = clock.nowMs();
    ages = ageHeartbeats(ages, heartbeats, nowMs - (lastCheckMs ?? nowMs), CHECK_INTERVAL_MS);
    lastCheckMs = nowMs;
    await facts.update(heartbeats, ages);

    const leases: SeenLease[] = [];
    const endings: Ending[] = [];
    const ended = new Set<string>();
    for (const [leaseId, { heartbeat, silentMs }] of ages) {
      const known = facts.get(leaseId);
      if (!known) continue;
      const { view, expiry, ttlMs } = known;
      const lease = { lease: view, expiry, ttlMs, heartbeat, silentMs, isInForce: leaseId in inForce };
      leases.push(lease);
      if (silentMs < ttlMs || (expiry === 'supervised' && lease.isInForce)) continue;
      const end = async () => {
        if (await expire(lease)) ended.add(leaseId);
      };
      if (!lease.isInForce || !revoker) await end();
      else {
        const isDue = () => ages.get(leaseId)?.heartbeat === heartbeat;
        endings.push({ lease: view, why: { reason: 'expired' }, isDue, end });
      }
    }
    await revoker?.end(endings);
    seen = leases.filter(({ lease }) => !ended.has(lease.id));
  }

  async function expire({ lease, heartbeat, silentMs, isInForce }: SeenLease): Promise<boolean> {
    if (!(await registry.expire(lease.id, heartbeat, 'expired'))) return false;
    const what = isInForce ? 'Lease' : 'Waiting lease';
    const ms = Math.round(silentMs);
    logger.info(`${what} ${lease.id} of "${lease.holder.label}" has expired: no heartbeat for ${ms} ms.`);
    onExpired(lease, silentMs);
    return true;
  }

  return { check, seen: () => seen };
}
