/**
 * The leases of clients without a connection. A client renews each of its leases itself, within the TTL: no process does it for
 * the client. A lease that a restart of Redis has lost is lost for the client, too.
 */
import type {
  Holder,
  LeaseAnswer,
  LeaseId,
  LeaseSecret,
  LeaseStanding,
  LockMode,
  LockScope,
  OnConflict,
  OwnedLease,
  OwnLease,
  RecordKey,
} from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import type { WaitingLease } from '../registry/requests.ts';
import type { SessionRegistry } from './sameUser.ts';
import type { SessionTakeOver } from './sessionLeaseTypes.ts';
import { SESSION_TTL_MS } from './sessionTtl.ts';
import { type AskTakeOver, takeOverRecords } from './takeOverRecords.ts';
import { toOwnedLease } from './toOwnedLease.ts';
import { without } from './without.ts';

export interface ClientLeases {
  /** @throws {ConflictError} {DeadlockError} */
  acquire(request: {
    holder: Holder;
    records: readonly RecordKey[];
    mode: LockMode;
    scope: LockScope;
    onConflict: OnConflict;
  }): Promise<LeaseAnswer>;
  /** Ends the leases that block, if the application permits it. @throws {RowlockError} `forbidden`; {ConflictError} */
  takeOver(request: SessionTakeOver): Promise<OwnedLease>;
  /** Renews a lease in force, or a position in the wait list. @throws {LeaseLostError} */
  renew(leaseSecret: LeaseSecret, actorId: string): Promise<LeaseStanding>;
  /** A lease of a session, whose secret the caller has proven. @throws {LeaseLostError} */
  get(leaseId: LeaseId, holder: { id: string; actorId: string }): Promise<OwnLease>;
  /** How many leases of the session are in force */
  count(holder: { id: string; actorId: string }): Promise<number>;
}

export function createClientLeases(registry: SessionRegistry, askTakeOver: AskTakeOver): ClientLeases {
  /** @throws {LeaseLostError} also if it is another user's */
  async function find(leaseId: LeaseId, actorId: string) {
    const [found] = await registry.find([leaseId]);
    if (found?.lease.holder.actor.id !== actorId) throw new LeaseLostError(leaseId);
    return found;
  }

  return {
    acquire: (request) => acquire(registry, request),

    async renew(leaseSecret, actorId) {
      const { leaseId, secret } = leaseSecret;
      const { lease, isWaiting } = await find(leaseId, actorId);
      const { recordCount } = lease;
      if (isWaiting) {
        const renewed = await registry.renewWaiting(leaseSecret, SESSION_TTL_MS);
        if (renewed.kind === 'acquired') return { lease: toOwnedLease(renewed.lease) };
        return {
          waiting: { id: leaseId, secret, ttlMs: SESSION_TTL_MS, recordCount, position: renewed.position },
        };
      }
      // A proof counts as a renewal.
      const { fence } = await registry.prove(leaseSecret, [], actorId);
      return { lease: { id: leaseId, secret, fence, ttlMs: SESSION_TTL_MS, recordCount } };
    },

    async takeOver({ by, reason, ...asked }) {
      const leaseIds = await askTakeOver({ ...asked, by });
      const request = { ...asked, ttlMs: SESSION_TTL_MS };
      return toOwnedLease(await takeOverRecords(registry, request, { leaseIds, by, reason }));
    },

    async get(leaseId, { id, actorId }) {
      const { lease, isWaiting } = await find(leaseId, actorId);
      if (lease.holder.type !== 'person' || lease.holder.id !== id) throw new LeaseLostError(leaseId);
      const records = (await registry.getCoverage([leaseId])).get(leaseId)?.records ?? [];
      return { lease, isWaiting, records };
    },

    async count({ id, actorId }) {
      const { leases } = await registry.list({ actorId, holder: { type: 'person', id }, limit: 1_000 });
      return leases.length;
    },
  };
}

async function acquire(
  registry: SessionRegistry,
  { onConflict, ...request }: Parameters<ClientLeases['acquire']>[0],
): Promise<LeaseAnswer> {
  const { records } = request;
  if (onConflict !== 'wait') {
    const acquired = await registry.acquire({ ...request, ttlMs: SESSION_TTL_MS, onConflict });
    const { skipped, conflicts } = acquired;
    return { lease: toOwnedLease(acquired), records: without(records, skipped), conflicts };
  }
  const outcome = await registry.acquireOrWait({ ...request, ttlMs: SESSION_TTL_MS });
  if (outcome.kind === 'acquired') return { lease: toOwnedLease(outcome.lease), records, conflicts: [] };
  const { waiting } = outcome;
  return { waiting: standingOf(waiting, new Set(records).size), records, conflicts: waiting.conflicts };
}

const standingOf = ({ leaseId, secret, ttlMs, position }: WaitingLease, recordCount: number) => ({
  id: leaseId,
  secret,
  ttlMs,
  recordCount,
  position,
});
