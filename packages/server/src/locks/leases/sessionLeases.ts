/**
 * The leases of people. Each belongs to a session, and this process renews it while the session is connected: a lease in force,
 * and one that waits.
 *
 * After a disconnect, the disconnect grace lets a reload resume the lease; then the lease ends. That end, and the one that a
 * closing tab announces by beacon, compare the heartbeat first: a session that has returned in time, here or on another
 * server, keeps its lease. A beacon never renews: it is not authenticated, and may be repeated. If this process
 * crashes, the lease expires.
 */
import type { LeaseEnd, LeaseId } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { createCloseAnnouncement } from './closeAnnouncement.ts';
import { endAnyLease } from './endAnyLease.ts';
import type { KeptLease, LeaseSession } from './keptLease.ts';
import { KeptLeases } from './keptLeases.ts';
import type { SessionRegistry } from './sameUser.ts';
import { type AskTakeOver, createSessionAcquiring } from './sessionAcquiring.ts';
import { createSessionChanges } from './sessionChanges.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';
import { createSessionResumption } from './sessionResumption.ts';

export type { LeaseSession } from './keptLease.ts';
export type { SessionLeases } from './sessionLeaseTypes.ts';

const RENEW_INTERVAL_MS = 5_000;
/** Positions change at any time. The change log reports most changes at once. */
const RENEW_WAITING_INTERVAL_MS = 1_000;
/** Wherever a session is connected, its leases are renewed within this time. A beacon must not end one earlier. */
const RENEWED_WITHIN_MS = RENEW_INTERVAL_MS + 2_000;
/** A reload takes less, and a closed tab's records are free within seconds. */
const DEFAULT_GRACE_MS = 5_000;

export interface SessionLeaseDeps {
  registry: SessionRegistry;
  clock: Clock;
  logger: Logger;
  askTakeOver: AskTakeOver;
  graceMs?: number | undefined;
}

export function createSessionLeases(deps: SessionLeaseDeps): SessionLeases {
  const { registry, clock, graceMs = DEFAULT_GRACE_MS } = deps;
  const kept = new KeptLeases({ registry, clock, graceMs });
  const disconnected = new WeakSet<LeaseSession>();
  const parts = { ...deps, kept, disconnected };
  const timers = [
    clock.every(RENEW_INTERVAL_MS, () => void kept.renewAll()),
    clock.every(RENEW_WAITING_INTERVAL_MS, () => kept.renewWaiting()),
  ];

  async function endKept(ended: [LeaseId, KeptLease][], reason: LeaseEnd): Promise<void> {
    for (const [leaseId] of ended) kept.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason });
    // If this fails because Redis is away, the lease expires: nobody renews it any longer.
    await Promise.allSettled(
      ended.map(([leaseId, { secret }]) => endAnyLease(registry, { leaseId, secret }, reason)),
    );
  }

  return {
    ...createSessionAcquiring(parts),
    ...createSessionChanges(parts),
    ...createSessionResumption(parts),
    announceClose: createCloseAnnouncement({ ...parts, atLeastMs: Math.max(graceMs, RENEWED_WITHIN_MS) }),
    handOver(session) {
      for (const [leaseId] of kept.listOf(session)) kept.drop(leaseId);
    },
    noteDisconnected(session) {
      disconnected.add(session);
      for (const [leaseId] of kept.listOf(session)) kept.startGrace(leaseId);
    },
    renewAll: () => kept.renewAll(),
    renewWaiting: () => kept.renewWaiting(),
    noteRecords: (leaseId, change) => kept.noteRecords(leaseId, change),
    noteTransferred: (leaseId, isToTask) => kept.noteTransferred(leaseId, isToTask),
    noteEnded: (lost) => kept.drop(lost.leaseId)?.session?.onLeaseLost(lost),
    async endLeasesOfSession(session, reason) {
      await endKept(
        kept.entries().filter(([, lease]) => lease.session === session && !lease.isTransferred),
        reason,
      );
    },
    noteSessionEnded(sessionId) {
      for (const [leaseId, { request, secret, position }] of kept.entries()) {
        if (request.holder.id !== sessionId) continue;
        kept.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason: 'signed out' });
        // Only the leases in force have ended with the session. If Redis is away, the wait expires.
        if (position === undefined) continue;
        endAnyLease(registry, { leaseId, secret }, 'signed out').catch(() => {});
      }
    },
    async endLeasesOf(actorId) {
      await endKept(
        kept.entries().filter(([, { request }]) => request.holder.actor.id === actorId),
        'signed out',
      );
    },
    getSession: (leaseId) => kept.get(leaseId)?.session,
    listKept: () =>
      kept
        .entries()
        .flatMap(([id, { session, position }]) => (session && position === undefined ? [id] : [])),
    async releaseOwn(leaseId) {
      const secret = kept.drop(leaseId)?.secret;
      if (secret !== undefined) await endAnyLease(registry, { leaseId, secret });
    },
    async end(session, leaseId, reason) {
      const lease = kept.get(leaseId);
      if (lease?.session !== session) return;
      kept.drop(leaseId);
      session.onLeaseLost({ leaseId, reason });
      // As above. If another gateway has resumed it meanwhile, it asks about its own session.
      await endAnyLease(registry, { leaseId, secret: lease.secret }, reason).catch(() => {});
    },
    listRequests: (session) =>
      kept
        .listOf(session)
        .filter(([, lease]) => !lease.isTransferred)
        .map(
          ([
            leaseId,
            {
              request: { records, scope = 'record' },
            },
          ]) => ({ leaseId, records, scope }),
        ),
    getLeaseCount: (session) => kept.listOf(session).length,
    listHolders: () => new Set(kept.entries().flatMap(([, { session }]) => (session ? [session] : []))),
    listAges(session) {
      const nowMs = clock.nowMs();
      return kept
        .listOf(session)
        .filter(([, lease]) => !lease.isTransferred)
        .map(([leaseId, { renewedAtMs, position }]) => ({
          leaseId,
          ageMs: Math.ceil(nowMs - renewedAtMs),
          ...(position !== undefined && { position }),
        }));
    },
    close() {
      for (const stop of timers) stop();
      kept.cancelGraces();
    },
  };
}
