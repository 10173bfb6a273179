/** How a set of records stands for this tab. Pure. */
import type { Conflict, LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { Loss } from './leaseHandle.ts';
import { isBlocked, type RecordLock } from './recordLock.ts';
import type { RowlockClientError } from './rowlockClientError.ts';

/**
 * - `pending`: the server has not answered yet
 * - `free`: nothing blocks the records
 * - `held`: this tab holds one lease on all of them, and can prove it
 * - `partly-blocked`: leases of others block some of them
 * - `blocked`: leases of others block all of them
 */
export type LockStatus = 'pending' | 'free' | 'held' | 'partly-blocked' | 'blocked';

export interface LockState {
  status: LockStatus;
  records: readonly RecordKey[];
  /** In the order of `records` */
  locks: readonly RecordLock[];
  /** Every lease that blocks some of the records, with the records that it blocks */
  conflicts: readonly Conflict[];
  /** True while this may be out of date */
  isStale: boolean;
  /** A request for the lease is under way */
  isAcquiring: boolean;
  /** This tab is in the wait list for the records */
  isWaiting: boolean;
  /** While it waits: its position in the wait list, 1 is next. Undefined until the server has confirmed it after a reload */
  position?: number;
  /** The lease in hand */
  leaseId?: LeaseId;
  /** The last request was refused for a cause that passes, and is sent again by itself */
  isRetrying: boolean;
  /** How this tab lost the lease. Absent when it holds it again, or has released it */
  lost?: Loss;
  /** Why the last request for the lease was refused, or why the records may not be watched */
  error?: RowlockClientError;
  /** Rises with each call of `acquire`, each start of `hold`, and each loss of the lease: a refusal is explained once in each */
  episode: number;
}

/** The status by the locks on the records, if this tab has no lease on them by this observer. */
export function getStatus(
  locks: readonly RecordLock[],
  mode: LockMode,
  isHeldElsewhere: () => boolean,
): LockStatus {
  if (locks.some((lock) => lock.kind === 'unknown')) return 'pending';
  const blockedCount = locks.filter((lock) => isBlocked(lock, mode)).length;
  if (blockedCount > 0) return blockedCount === locks.length ? 'blocked' : 'partly-blocked';
  return locks.every((lock) => lock.kind === 'held') && isHeldElsewhere() ? 'held' : 'free';
}

export const isSameLocks = (a: readonly RecordLock[], b: readonly RecordLock[]): boolean =>
  a.length === b.length && a.every((lock, index) => lock === b[index]);

export const isSameState = (a: LockState, b: LockState): boolean =>
  a.locks === b.locks &&
  a.status === b.status &&
  a.isStale === b.isStale &&
  a.isAcquiring === b.isAcquiring &&
  a.isWaiting === b.isWaiting &&
  a.position === b.position &&
  a.leaseId === b.leaseId &&
  a.error === b.error &&
  a.lost === b.lost &&
  a.isRetrying === b.isRetrying &&
  a.episode === b.episode;
