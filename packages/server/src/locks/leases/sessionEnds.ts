/** Ends the leases that this process keeps for sessions, for reasons other than the holder's own release. */
import type { LeaseEnd, LeaseId } from '@rowlock/protocol';
import { endAnyLease } from './endAnyLease.ts';
import type { KeptLease } from './keptLease.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';

export function createSessionEnds({
  registry,
  kept,
}: {
  registry: Parameters<typeof endAnyLease>[0];
  kept: KeptLeases;
}): Pick<SessionLeases, 'endLeasesOfSession' | 'noteSessionEnded' | 'endLeasesOf' | 'releaseOwn' | 'end'> {
  async function endKept(ended: [LeaseId, KeptLease][], reason: LeaseEnd): Promise<void> {
    for (const [leaseId] of ended) kept.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason });
    // If this fails because Redis is away, the lease expires: nobody renews it any longer.
    await Promise.allSettled(
      ended.map(([leaseId, { secret }]) => endAnyLease(registry, { leaseId, secret }, reason)),
    );
  }

  return {
    async endLeasesOfSession(session, reason) {
      await endKept(
        kept.listOf(session).filter(([, lease]) => !lease.isTransferred),
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
  };
}
