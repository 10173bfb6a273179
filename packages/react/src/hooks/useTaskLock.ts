import { type Conflict, type LockMode, type RecordId, type RecordKey, recordKey } from '@rowlock/protocol';
import { useCallback, useEffect, useInsertionEffect, useMemo, useSyncExternalStore } from 'react';
import type { FreedRecord } from '../core/freedRecords.ts';
import type { AcquireOutcome, Loss, LossReason } from '../core/leaseHandle.ts';
import type { Acquired } from '../core/leaseReports.ts';
import { LockObserver } from '../core/lockObserver.ts';
import type { LockState, LockStatus } from '../core/lockState.ts';
import type { Reacquire } from '../core/reacquire.ts';
import { isBlocked, NOTHING_TO_LOCK, type RecordLock, UNKNOWN_LOCK } from '../core/recordLock.ts';
import type { ReleaseOutcome } from '../core/releaseRequests.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';
import { useResource } from './useResource.ts';
import { useSameIds } from './useSameIds.ts';

export interface TaskLockOptions {
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
  /**
   * True: acquires the rows and holds them for as long as the component is mounted, as an edit form does. It may change at any time:
   * `hold: isEditing` locks nothing while somebody only reads. Default false
   */
  hold?: boolean;
  /**
   * With `hold`: when to acquire the rows again.
   *
   * - `own` (default): after this tab lost its lease (a laptop slept, the server was away), if nobody else holds the rows.
   *   Also when another tab of the same user has released them. After somebody else's edit the user decides
   * - `when-free`: also when somebody else has released the rows. For forms that reload in `onAcquired`
   * - `never`: only `acquire()` does
   *
   * After the loss `idle`, only `acquire()` does, or a new start of `hold`
   */
  reacquire?: Reacquire;
  /**
   * This tab has acquired the rows. `isAgain`: somebody may have changed them meanwhile, so reload them before the user
   * saves. Called once for each lease, and always in its latest version
   */
  onAcquired?: (acquired: Acquired) => void;
  /** This tab has lost the rows without a release: `expired`, `taken over`, … Called as `onAcquired` is */
  onLost?: (reason: LossReason) => void;
  /** Others have released some of the rows, and may have changed them. For lists that show the rows. Called as `onAcquired` is */
  onFreed?: (freed: FreedRecord[]) => void;
  /** Shown to others: "Edit Paris". Default: the user's name */
  label?: string;
  /** Default `exclusive` */
  mode?: LockMode;
}

export interface TaskLock<Id extends RecordId = RecordId> {
  status: LockStatus;
  /** `status === 'held'`: this tab holds one lease on all rows, so `headers()` proves a write */
  isHeld: boolean;
  /** Whether leases of others block any of the given rows; without an id, any row of the hook */
  isBlocked(...ids: MaybeId[]): boolean;
  /** How one of the rows stands */
  getLock(id: MaybeId): RecordLock;
  /** The keys of the rows */
  records: readonly RecordKey[];
  /** Every lease that blocks some of the rows */
  conflicts: readonly Conflict[];
  /** The ids that no lease of others blocks, as they were given and in the same order */
  availableIds: readonly Id[];
  /** True while this may be out of date: show it as such, and decide nothing on it */
  isStale: boolean;
  /** A request for the rows is under way */
  isAcquiring: boolean;
  /** This tab is in the wait list for the rows, and acquires them when it is its turn: then `onAcquired({ isAgain: true })` is called */
  isWaiting: boolean;
  /** The last request was refused for a cause that passes (`unavailable`, …), and `hold` sends it again by itself */
  isRetrying: boolean;
  /** While `isWaiting`: the position in the wait list, 1 is next. Undefined for a moment after a reload */
  position?: number;
  /** How this tab lost the rows: with `by` and `why` if somebody took them over. Absent when it holds them again, or has released them */
  lost?: Loss;
  /** Why the last `acquire` was refused, or why these rows may not be watched */
  error?: RowlockClientError;
  /** For `<ConflictModal>`, which explains a refusal once: rises with each `acquire`, each start of `hold`, and each loss */
  episode: number;
  /** Acquires one lease on all rows, or none. Never rejects */
  acquire(): Promise<AcquireOutcome>;
  release(): Promise<void>;
  /**
   * Waits in the fair wait list of the server, and acquires all rows when it is this tab's turn. Resolves at the end of the wait. The
   * wait survives a lost connection, and ends with the component. Never rejects
   */
  waitInLine(): Promise<AcquireOutcome>;
  /** Leaves the wait list */
  stopWaiting(): Promise<void>;
  /**
   * Ends the leases that block the rows, and acquires the rows in the same step. The server's `authorize` decides. The users who
   * lose the rows see who took them, and the reason. Never rejects
   */
  takeOver(options: { reason: string }): Promise<AcquireOutcome>;
  /**
   * Asks the holder of one of the `conflicts` to release its rows. Resolves to the answer: `released`, `later`, `refused`, or
   * `unanswered` when the time is over. It acquires nothing. Never rejects
   */
  requestRelease(
    conflict: Pick<Conflict, 'lease' | 'records'>,
    options?: { message?: string | undefined },
  ): Promise<ReleaseOutcome>;
  /** For `fetch`: proves this tab's lease to a guarded route. Empty while it holds none */
  headers(): Record<string, string>;
  /** For a dialog that asks the user: until the returned function is called, `when-free` acquires nothing */
  pauseReacquire(): () => void;
}

/**
 * How a set of rows stands, live, and this tab's lease on them. The array may be a new one at every render: only its content
 * counts. Missing ids (`undefined`, `null`, `''`, `NaN`), as on a form for a new row, are left out, since there is nothing
 * to lock. Without any id the status is `free`.
 */
export function useTaskLock<Id extends RecordId>(
  ids: readonly (Id | null | undefined)[],
  options: TaskLockOptions = {},
): TaskLock<Id> {
  const { hold = false, mode = 'exclusive', label, reacquire, onAcquired, onLost, onFreed } = options;
  const client = useClient();
  const resource = useResource('useTaskLock', options.resource);
  const stableIds = useSameIds(ids.filter((id): id is Id => !isMissingId(id)));
  const observer = useMemo(() => {
    const records = stableIds.map((id) => recordKey(resource, id));
    return new LockObserver(client, records, { mode });
  }, [client, resource, stableIds, mode]);

  const subscribe = useCallback((listener: () => void) => observer.subscribe(listener), [observer]);
  const pending = useMemo(() => createPendingState(observer), [observer]);
  const state = useSyncExternalStore(
    subscribe,
    () => observer.getState(),
    () => pending,
  );

  // At every commit, before any effect runs: callbacks are always the latest, and none makes a new subscription.
  useInsertionEffect(() => observer.setOptions({ label, reacquire, onAcquired, onLost, onFreed }));
  useEffect(() => {
    if (hold && observer.records.length > 0) return observer.hold();
    return () => observer.detach();
  }, [observer, hold]);

  return useMemo(
    () => createTaskLock(observer, stableIds, resource, mode, state),
    [observer, stableIds, resource, mode, state],
  );
}

function createTaskLock<Id extends RecordId>(
  observer: LockObserver,
  ids: readonly Id[],
  resource: string,
  mode: LockMode,
  state: LockState,
): TaskLock<Id> {
  const byKey = new Map(state.records.map((key, index) => [key, state.locks[index] ?? UNKNOWN_LOCK]));
  const getLock = (id: MaybeId) =>
    isMissingId(id) ? NOTHING_TO_LOCK : (byKey.get(recordKey(resource, id)) ?? UNKNOWN_LOCK);
  const {
    status,
    records,
    conflicts,
    isStale,
    isAcquiring,
    isWaiting,
    isRetrying,
    position,
    lost,
    error,
    episode,
  } = state;
  return {
    status,
    isHeld: status === 'held',
    getLock,
    isBlocked: (...wanted) =>
      (wanted.length > 0 ? wanted.map(getLock) : state.locks).some((lock) => isBlocked(lock, mode)),
    records,
    conflicts,
    availableIds: ids.filter((_, index) => {
      const lock = state.locks[index];
      return lock !== undefined && lock.kind !== 'unknown' && !isBlocked(lock, mode);
    }),
    isStale,
    isAcquiring,
    isWaiting,
    isRetrying,
    episode,
    ...(position !== undefined && { position }),
    ...(lost && { lost }),
    ...(error && { error }),
    acquire: observer.acquire,
    release: observer.release,
    waitInLine: observer.waitInLine,
    stopWaiting: observer.stopWaiting,
    takeOver: observer.takeOver,
    requestRelease: observer.requestRelease,
    headers: observer.headers,
    pauseReacquire: observer.pauseReacquire,
  };
}

const createPendingState = (observer: LockObserver): LockState => ({
  status: observer.records.length === 0 ? 'free' : 'pending',
  records: observer.records,
  locks: observer.records.map(() => UNKNOWN_LOCK),
  conflicts: [],
  isStale: true,
  isAcquiring: false,
  isWaiting: false,
  isRetrying: false,
  episode: 0,
});
