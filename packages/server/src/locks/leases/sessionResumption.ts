/** Continues a lease of a session on a new connection: in force, waiting, or in force meanwhile. */
import type { Conflict, LeaseId, LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry, ResumedWait } from '../registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../registry/requests.ts';
import { type KeptLease, type LeaseSession, toRequest } from './keptLease.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';

interface SessionResumptionParts {
  registry: LockRegistry;
  clock: Clock;
  kept: KeptLeases;
  disconnected: WeakSet<LeaseSession>;
}

type Resumed = ({ kind: 'acquired' } & Awaited<ReturnType<LockRegistry['resume']>>) | ResumedWait;

export function createSessionResumption({
  registry,
  clock,
  kept,
  disconnected,
}: SessionResumptionParts): Pick<SessionLeases, 'resume' | 'getRecords'> {
  function keep(session: LeaseSession, leaseId: string, lease: Parameters<KeptLeases['keep']>[1]): void {
    kept.keep(leaseId, lease);
    // The session may have disconnected while Redis answered.
    if (disconnected.has(session)) kept.startGrace(leaseId);
  }

  async function resumeAny(leaseSecret: LeaseSecret, actorId: string, nextSecret?: string): Promise<Resumed> {
    const resume = async (): Promise<Resumed> => ({
      kind: 'acquired',
      ...(await registry.resume(leaseSecret, nextSecret, actorId)),
    });
    try {
      return await resume();
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    }
    const resumed = await registry.resumeWaiting(leaseSecret, nextSecret, actorId);
    return resumed.kind === 'waiting' ? resumed : resume();
  }

  /** If a restart of Redis has lost the lease, and this process knows it, it is requested again first. */
  async function resumeOrRequest(leaseSecret: LeaseSecret, actorId: string, nextSecret?: string) {
    const { leaseId, secret } = leaseSecret;
    try {
      return await resumeAny(leaseSecret, actorId, nextSecret);
    } catch (error) {
      const known = kept.get(leaseId);
      if (!(error instanceof LeaseLostError) || known?.secret !== secret) throw error;
      await kept.renew(leaseId, known);
      return await resumeAny(leaseSecret, actorId, nextSecret);
    }
  }

  return {
    async resume(session, leaseSecret, { actorId, nextSecret, describe = async (found) => [...found] }) {
      const renewedAtMs = clock.nowMs();
      const resumed = await resumeOrRequest(leaseSecret, actorId, nextSecret);
      if (resumed.kind === 'acquired') {
        const { kind, records, subtrees, holder, mode, heartbeat, ...lease } = resumed;
        const request = toRequest({ holder, records, subtrees, mode, ttlMs: lease.ttlMs });
        const { id, secret } = lease;
        keep(session, id, { request, secret, heartbeat, renewedAtMs, session, position: undefined });
        return { kind, lease, records };
      }
      const { kind, waiting, records, heartbeat, blockers } = resumed;
      const { id, secret, position } = waiting;
      const request = toRequest({ ...resumed, ttlMs: waiting.ttlMs });
      const conflicts = await readConflicts(registry, request, blockers).then(describe);
      keep(session, id, { request, secret, heartbeat, renewedAtMs, session, position });
      // It may have come into force before it was kept.
      kept.renewWaiting();
      return { kind, waiting, records, conflicts };
    },

    async getRecords(leaseId, actorId) {
      const [found] = await registry.find([leaseId]);
      const known = kept.get(leaseId)?.request;
      if ((found?.lease ?? known)?.holder.actor.id !== actorId) throw new LeaseLostError(leaseId);
      if (known && !found) return { records: known.records, scope: known.scope ?? 'record' };
      const coverage = (await registry.getCoverage([leaseId])).get(leaseId);
      const { records, scope = 'record' } = toRequest({
        ...found!.lease,
        ...(coverage ?? { records: [], subtrees: [] }),
        ttlMs: 0,
      });
      return { records, scope };
    },
  };
}

/** The leases that block a waiting lease. Others wait for its records too, behind it. */
async function readConflicts(
  registry: Pick<LockRegistry, 'getConflicts'>,
  { scope, mode, records }: KeptLease['request'],
  blockers: readonly LeaseId[],
): Promise<Conflict[]> {
  const found = await registry.getConflicts({
    records: records.slice(0, MAX_RECORDS_PER_STEP),
    ...(mode && { mode }),
    ...(scope && { scope }),
  });
  return found.filter(({ lease }) => blockers.includes(lease.id));
}
