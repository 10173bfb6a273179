/**
 * Looks at all heartbeats once a second and ends the leases whose holders have fallen silent.
 *
 * Every process that runs one may: ending is a compare-and-set on the heartbeat that was seen, so a second observer,
 * or a holder that comes back in the last moment, is never harmed. Leases that are `supervised` are not ended here:
 * `supervised()` tells how long each has stood still, and somebody who knows better decides.
 */
import type { Holder, LeaseView } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { type LeaseRow, readLeaseRow } from './leaseRow.ts';
import type { LockRegistry } from './lockRegistry.ts';
import type { LeaseExpiry } from './requests.ts';
import { NOTHING_SEEN, type Observation, observe } from './standstill.ts';

const LOOK_INTERVAL_MS = 1_000;

/** A supervised lease, and how long its heartbeat has stood still. */
export interface StillLease {
  leaseId: string;
  holder: Holder;
  heartbeat: number;
  stillMs: number;
}

interface LeaseFacts {
  view: LeaseView;
  ttlMs: number;
  expiry: LeaseExpiry;
}

export interface ExpiryObserver {
  /** As the last successful look saw them */
  supervised(): readonly StillLease[];
  close(): Promise<void>;
}

export function startExpiryObserver(options: {
  redis: Redis | Cluster;
  keys: Keys;
  registry: LockRegistry;
  clock: Clock;
  logger: Logger;
  /** Awaited before a lease that was in force is ended; where it throws, the lease stays until the next look */
  beforeRevoke?(lease: LeaseView, why: { reason: 'expired' }): void | Promise<void>;
}): ExpiryObserver {
  const { redis, keys, registry, clock, logger, beforeRevoke } = options;
  let observation: Observation = NOTHING_SEEN;
  let supervised: readonly StillLease[] = [];
  let lastLookMs: number | undefined;
  const facts = new Map<string, LeaseFacts>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    // Those in the queue hold nothing, but they too must beat: who is dead must not be waited for.
    const [inForce, inQueue] = await Promise.all([redis.hgetall(keys.heartbeats), redis.hgetall(keys.queue)]);
    const nowMs = clock.nowMs();
    const heartbeats = new Map(Object.entries({ ...inQueue, ...inForce }));
    observation = observe(observation, heartbeats, nowMs - (lastLookMs ?? nowMs), LOOK_INTERVAL_MS);
    lastLookMs = nowMs;
    for (const id of facts.keys()) if (!heartbeats.has(id)) facts.delete(id);
    await learn([...heartbeats.keys()].filter((id) => !facts.has(id)));

    const stillLeases: StillLease[] = [];
    for (const [leaseId, { heartbeat, stillMs }] of observation) {
      const lease = facts.get(leaseId);
      if (!lease) continue;
      const isInForce = leaseId in inForce;
      if (lease.expiry === 'supervised' && isInForce) {
        stillLeases.push({ leaseId, holder: lease.view.holder, heartbeat: Number(heartbeat), stillMs });
      } else if (stillMs >= lease.ttlMs) {
        await end(lease, heartbeat, stillMs, isInForce);
      }
    }
    supervised = stillLeases;
    await registry.tendGrace();
  }

  async function end(
    { view }: LeaseFacts,
    heartbeat: string,
    stillMs: number,
    isInForce: boolean,
  ): Promise<void> {
    if (isInForce && beforeRevoke) {
      try {
        await beforeRevoke(view, { reason: 'expired' });
      } catch (error) {
        logger.error(`beforeRevoke failed for lease ${view.id}, which therefore stays for now`, error);
        return;
      }
    }
    if (!(await registry.expire(view.id, heartbeat, 'expired'))) return;
    const what = isInForce ? 'lease' : 'waiting lease';
    logger.info(
      `${what} ${view.id} of "${view.holder.label}" expired: no heartbeat for ${Math.round(stillMs)} ms`,
    );
  }

  async function learn(leaseIds: string[]): Promise<void> {
    if (leaseIds.length === 0) return;
    const pipeline = redis.pipeline();
    for (const id of leaseIds) {
      pipeline.hmget(keys.lease(id), 'holder', 'mode', 'since', 'count', 'ttl', 'expiry');
    }
    const replies = (await pipeline.exec()) ?? [];
    for (const [i, [error, fields]] of replies.entries()) {
      if (error) throw error;
      const [holder, mode, since, count, ttl, expiry] = fields as (string | null)[];
      // Ended between the two reads: the next look no longer sees it.
      if (!holder || !mode || !since || !count || !ttl) continue;
      const id = leaseIds[i]!;
      facts.set(id, {
        view: readLeaseRow([id, holder, mode, since, count] satisfies LeaseRow),
        ttlMs: Number(ttl),
        expiry: expiry as LeaseExpiry,
      });
    }
  }

  let failing = false;
  const stop = clock.every(LOOK_INTERVAL_MS, () => {
    looking ??= look()
      .then(() => {
        failing = false;
      })
      .catch((error: unknown) => {
        // Said once an outage; a look that failed is not counted.
        if (!failing)
          logger.warn('heartbeats cannot be read; no lease expires meanwhile', asRowlockError(error));
        failing = true;
      })
      .finally(() => {
        looking = undefined;
      });
  });

  return {
    supervised: () => supervised,
    async close() {
      stop();
      await looking;
    },
  };
}
