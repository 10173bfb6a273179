/** The takeover of records for a session, over either channel. */
import type { LeaseId } from '@rowlock/protocol';
import type { AcquiredLease, AcquireRequest, RevokeRequest, TakeOverRequest } from '../registry/requests.ts';
import type { SessionRegistry } from './sameUser.ts';
import type { SessionTakeOver } from './sessionLeaseTypes.ts';

/** Asks whether the actor may end the leases that block a request. Answers their ids. @throws {RowlockError} `forbidden` */
export type AskTakeOver = (
  request: Pick<SessionTakeOver, 'records' | 'mode' | 'scope'> & Pick<RevokeRequest, 'by'>,
) => Promise<LeaseId[]>;

/**
 * Ends these leases, and acquires the records in the same step. If no lease blocks, no permission was needed: then the request
 * ends nothing, neither a lease of another tab of the user nor one that waits. @throws {ConflictError}
 */
export const takeOverRecords = (
  registry: Pick<SessionRegistry, 'acquire' | 'takeOver'>,
  request: AcquireRequest,
  { leaseIds, by, reason }: Pick<TakeOverRequest, 'leaseIds' | 'by' | 'reason'>,
): Promise<AcquiredLease> =>
  leaseIds.length === 0
    ? registry.acquire({ ...request, moves: false })
    : registry.takeOver({ ...request, leaseIds, by, reason });
