/**
 * The leases of people. Each belongs to a session, and this process renews it while the session is connected.
 *
 * After a disconnect, the disconnect grace lets a reload resume the lease; then the lease ends. That end, and the one that a
 * closing tab announces by beacon, compare the heartbeat first: a session that has returned in time, here or on another
 * server, keeps its lease. A beacon never renews: it is not authenticated, and may be repeated. If this process
 * crashes, the lease expires.
 */
import type {
  Holder,
  LeaseId,
  LeaseLost,
  LeaseSecret,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { LeaseRequest } from '../registry/requests.ts';
import type { LeaseSession } from './keptLease.ts';
import { KeptLeases } from './keptLeases.ts';
import type { SessionRegistry } from './sameUser.ts';

export type { LeaseSession } from './keptLease.ts';

/** How long a person's lease outlives the process that renews it. */
const TTL_MS = 15_000;
const RENEW_INTERVAL_MS = 5_000;
/** Wherever a session is connected, its leases are renewed within this time. A beacon must not end one earlier. */
const RENEWED_WITHIN_MS = RENEW_INTERVAL_MS + 2_000;
/** A reload takes less, and a closed tab's records are free within seconds. */
const DEFAULT_GRACE_MS = 5_000;

export interface SessionLeases {
  acquire(
    session: LeaseSession,
    request: { holder: Holder; records: readonly RecordKey[]; mode: LockMode; moves?: boolean },
  ): Promise<OwnedLease>;
  resume(
    session: LeaseSession,
    leaseSecret: LeaseSecret,
    actorId: string,
    nextSecret?: string,
  ): Promise<{ lease: OwnedLease; records: RecordKey[] }>;
  /** The records of a lease, for its own actor only: needed to check permissions before `resume`. @throws {LeaseLostError} */
  getRecords(leaseId: LeaseId, actorId: string): Promise<readonly RecordKey[]>;
  release(leaseSecret: LeaseSecret): Promise<void>;
  /** Another server will serve the session: its leases stay for their TTL, so that it can resume them there. */
  handOver(session: LeaseSession): void;
  /** The session is disconnected: its leases end after the disconnect grace, unless they are resumed. */
  noteDisconnected(session: LeaseSession): void;
  /**
   * A session that can prove its leases is closing. They end after the disconnect grace, but not before a live connection had the
   * time to renew them.
   */
  announceClose(leaseSecrets: readonly LeaseSecret[]): Promise<void>;
  /**
   * Renews every lease now. After an outage of Redis, sessions get lost leases again, and learn at once which ones have
   * ended
   */
  renewAll(): Promise<void>;
  /**
   * The change log reports that a lease has another holder. If that is a task, the session learns it only when the transfer
   * has proven to last: if the task cannot be launched, the session has its lease again.
   */
  noteTransferred(leaseId: LeaseId, isToTask: boolean): void;
  /** The change log reports that a lease has ended. */
  noteEnded(lost: LeaseLost): void;
  /** The session has ended with its leases: this process renews them no longer. */
  noteSessionEnded(sessionId: string): void;
  /** Ends every lease of the actor that this process keeps. */
  endLeasesOf(actorId: string): Promise<void>;
  getLeaseCount(session: LeaseSession): number;
  /** The sessions that hold a lease */
  listHolders(): Set<LeaseSession>;
  /** How long ago each of the session's leases was renewed, at most */
  listAges(session: LeaseSession): { leaseId: LeaseId; ageMs: number }[];
  /** Stops renewing. Leases stay for their TTL, so that sessions can resume them elsewhere. */
  close(): void;
}

interface SessionLeaseDeps {
  registry: SessionRegistry;
  clock: Clock;
  logger: Logger;
  graceMs?: number | undefined;
}

export function createSessionLeases(deps: SessionLeaseDeps): SessionLeases {
  const { registry, clock, graceMs = DEFAULT_GRACE_MS } = deps;
  const kept = new KeptLeases({ registry, clock, graceMs });
  const disconnected = new WeakSet<LeaseSession>();
  const stopRenewing = clock.every(RENEW_INTERVAL_MS, () => void kept.renewAll());

  return {
    ...createRequests({ ...deps, kept, disconnected }),
    announceClose: createAnnouncement({ ...deps, graceMs, kept }),
    handOver(session) {
      for (const [leaseId] of kept.listOf(session)) kept.drop(leaseId);
    },
    noteDisconnected(session) {
      disconnected.add(session);
      for (const [leaseId] of kept.listOf(session)) kept.startGrace(leaseId);
    },
    renewAll: () => kept.renewAll(),
    noteTransferred: (leaseId, isToTask) => kept.noteTransferred(leaseId, isToTask),
    noteEnded: (lost) => kept.drop(lost.leaseId)?.session?.onLeaseLost(lost),
    noteSessionEnded(sessionId) {
      for (const [leaseId, { request }] of kept.entries()) {
        if (request.holder.id !== sessionId) continue;
        kept.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason: 'signed out' });
      }
    },
    async endLeasesOf(actorId) {
      const ended = kept.entries().filter(([, { request }]) => request.holder.actor.id === actorId);
      for (const [leaseId] of ended)
        kept.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason: 'signed out' });
      // If this fails because Redis is away, the lease expires: nobody renews it any longer.
      await Promise.allSettled(
        ended.map(([leaseId, { secret }]) => registry.release({ leaseId, secret }, 'signed out')),
      );
    },
    getLeaseCount: (session) => kept.listOf(session).length,
    listHolders: () => new Set(kept.entries().flatMap(([, { session }]) => (session ? [session] : []))),
    listAges(session) {
      const nowMs = clock.nowMs();
      return kept
        .listOf(session)
        .filter(([, lease]) => !lease.isTransferred)
        .map(([leaseId, { renewedAtMs }]) => ({ leaseId, ageMs: Math.ceil(nowMs - renewedAtMs) }));
    },
    close() {
      stopRenewing();
      kept.cancelGraces();
    },
  };
}

/** The verbs that a session asks for. */
function createRequests({
  registry,
  clock,
  kept,
  disconnected,
}: SessionLeaseDeps & { kept: KeptLeases; disconnected: WeakSet<LeaseSession> }): Pick<
  SessionLeases,
  'acquire' | 'resume' | 'getRecords' | 'release'
> {
  function keep(
    session: LeaseSession,
    { id, secret }: OwnedLease,
    lease: { request: LeaseRequest; heartbeat: number; renewedAtMs: number },
  ): void {
    kept.keep(id, { ...lease, secret, session });
    // The session may have disconnected while Redis answered.
    if (disconnected.has(session)) kept.startGrace(id);
  }

  /** If a restart of Redis has lost the lease, and this process knows it, it is reasserted first. */
  async function resumeOrReassert(leaseSecret: LeaseSecret, actorId: string, nextSecret: string | undefined) {
    const { leaseId, secret } = leaseSecret;
    try {
      return await registry.resume(leaseSecret, nextSecret, actorId);
    } catch (error) {
      const known = kept.get(leaseId);
      if (!(error instanceof LeaseLostError) || known?.secret !== secret) throw error;
      await kept.renew(leaseId, known);
      return await registry.resume(leaseSecret, nextSecret, actorId);
    }
  }

  return {
    async acquire(session, { holder, records, mode, moves }) {
      const renewedAtMs = clock.nowMs();
      const request: LeaseRequest = { holder, records, mode, ttlMs: TTL_MS };
      const { id, secret, fence, ttlMs, recordCount } = await registry.acquire({
        ...request,
        ...(moves !== undefined && { moves }),
      });
      const lease: OwnedLease = { id, secret, fence, ttlMs, recordCount };
      // A session that disconnected while Redis answered cannot know the secret: nobody could resume this lease.
      if (disconnected.has(session)) await registry.release({ leaseId: id, secret }, 'closed');
      else keep(session, lease, { request, heartbeat: 0, renewedAtMs });
      return lease;
    },

    async resume(session, leaseSecret, actorId, nextSecret) {
      const renewedAtMs = clock.nowMs();
      const resumed = await resumeOrReassert(leaseSecret, actorId, nextSecret);
      const { records, holder, mode, heartbeat, ...lease } = resumed;
      const request: LeaseRequest = { holder, records, mode, ttlMs: lease.ttlMs };
      keep(session, lease, { request, heartbeat, renewedAtMs });
      return { lease, records };
    },

    async getRecords(leaseId, actorId) {
      const [found] = await registry.find([leaseId]);
      const known = found?.lease ?? kept.get(leaseId)?.request;
      if (known?.holder.actor.id !== actorId) throw new LeaseLostError(leaseId);
      if (!found) return kept.get(leaseId)?.request.records ?? [];
      return (await registry.getCoverage([leaseId])).get(leaseId)?.records ?? [];
    },

    async release(leaseSecret) {
      const { leaseId, secret } = leaseSecret;
      // Dropped first: the session must not hear of the end in the change log as a loss. But only for the lease's owner,
      // and permanently: if Redis is away, the lease expires, since nobody renews it any longer.
      if (kept.get(leaseId)?.secret === secret) kept.drop(leaseId);
      await registry.release(leaseSecret);
    },
  };
}

function createAnnouncement({
  registry,
  clock,
  logger,
  graceMs,
  kept,
}: SessionLeaseDeps & { graceMs: number; kept: KeptLeases }): SessionLeases['announceClose'] {
  return async (leaseSecrets) => {
    for (const leaseSecret of leaseSecrets) {
      const { leaseId } = leaseSecret;
      try {
        const heartbeat = await registry.getHeartbeat(leaseSecret);
        clock.after(Math.max(graceMs, RENEWED_WITHIN_MS), () => {
          // Its session is connected here, and was not renewed only because Redis did not answer.
          if (!kept.get(leaseId)?.session) kept.endIfUnrenewed(leaseId, heartbeat);
        });
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
        logger.info(
          `A closing tab announced lease ${leaseId}, which has ended or is not its own. Nothing was ended.`,
        );
      }
    }
  };
}
