/** A session asks for records: acquires them, waits for them, or takes them over. */
import type { OwnedLease } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { endAnyLease } from './endAnyLease.ts';
import type { KeptLease, LeaseSession } from './keptLease.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionRegistry } from './sameUser.ts';
import type { SessionAcquired, SessionLeases } from './sessionLeaseTypes.ts';
import { SESSION_TTL_MS } from './sessionTtl.ts';
import { type AskTakeOver, takeOverRecords } from './takeOverRecords.ts';
import { toOwnedLease } from './toOwnedLease.ts';
import { without } from './without.ts';

export interface SessionAcquiringParts {
  registry: SessionRegistry;
  clock: Clock;
  kept: KeptLeases;
  disconnected: WeakSet<LeaseSession>;
  askTakeOver: AskTakeOver;
}

type AcquiringVerbs = Pick<SessionLeases, 'acquire' | 'takeOver'>;

export function createSessionAcquiring({
  registry,
  clock,
  kept,
  disconnected,
  askTakeOver,
}: SessionAcquiringParts): AcquiringVerbs {
  /** A session that disconnected while Redis answered cannot know the secret: nobody could resume this lease. */
  async function keepOrEnd(
    session: LeaseSession,
    { id, secret }: Pick<OwnedLease, 'id' | 'secret'>,
    lease: Pick<KeptLease, 'request' | 'renewedAtMs' | 'position'>,
  ): Promise<void> {
    if (disconnected.has(session)) await endAnyLease(registry, { leaseId: id, secret }, 'closed');
    else kept.keep(id, { ...lease, secret, session, heartbeat: 0 });
  }

  const acquireOrWait: AcquiringVerbs['acquire'] = async (session, asked) => {
    const { describe = async (conflicts) => [...conflicts], onConflict: _, moves, ...rest } = asked;
    const renewedAtMs = clock.nowMs();
    const request = { ...rest, ttlMs: SESSION_TTL_MS };
    const outcome = await registry.acquireOrWait({ ...request, ...(moves !== undefined && { moves }) });
    if (outcome.kind === 'acquired') {
      const lease = toOwnedLease(outcome.lease);
      await keepOrEnd(session, lease, { request, renewedAtMs, position: undefined });
      return { kind: 'acquired', lease, records: request.records, conflicts: [] };
    }
    const { leaseId, secret, ttlMs, position } = outcome.waiting;
    const recordCount = new Set(request.records).size;
    const waiting = { id: leaseId, secret, ttlMs, recordCount, position };
    const conflicts = await describe(outcome.waiting.conflicts);
    await keepOrEnd(session, waiting, { request, renewedAtMs, position });
    // It may have come into force before it was kept.
    kept.renewWaiting();
    return { kind: 'waiting', waiting, conflicts };
  };

  return {
    async acquire(session, asked): Promise<SessionAcquired> {
      const { describe = async (conflicts) => [...conflicts], onConflict = 'refuse', moves, ...rest } = asked;
      if (onConflict === 'wait') return acquireOrWait(session, asked);
      const renewedAtMs = clock.nowMs();
      const acquired = await registry.acquire({
        ...rest,
        ttlMs: SESSION_TTL_MS,
        onConflict,
        ...(moves !== undefined && { moves }),
      });
      const records = without(rest.records, acquired.skipped);
      const request = { ...rest, records, ttlMs: SESSION_TTL_MS };
      const conflicts = acquired.conflicts.length > 0 ? await describe(acquired.conflicts) : [];
      const lease = toOwnedLease(acquired);
      await keepOrEnd(session, lease, { request, renewedAtMs, position: undefined });
      return { kind: 'acquired', lease, records, conflicts };
    },

    async takeOver(session, { by, reason, ...rest }) {
      const leaseIds = await askTakeOver({ ...rest, by });
      const renewedAtMs = clock.nowMs();
      const request = { ...rest, ttlMs: SESSION_TTL_MS };
      const lease = toOwnedLease(await takeOverRecords(registry, request, { leaseIds, by, reason }));
      await keepOrEnd(session, lease, { request, renewedAtMs, position: undefined });
      return lease;
    },
  };
}
