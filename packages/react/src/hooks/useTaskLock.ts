import { type Conflict, type ErrorBody, type LockMode, type RecordId, recordKey } from '@rowlock/protocol';
import { useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { AcquireResult } from '../core/claim.ts';
import { LockObserver, type LockSnapshot, type LockStatus } from '../core/lockObserver.ts';
import { isBlocked, NOTHING_TO_LOCK, type RecordLock, UNKNOWN_LOCK } from '../core/recordLock.ts';
import { ResourceContext, useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';

export interface TaskLockOptions {
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
  /** `on-mount`: hold the rows for as long as the component is there, as an edit form does. Default `manual` */
  acquire?: 'manual' | 'on-mount';
  /** For others to read: "Edit Paris". Default: the actor's name */
  label?: string;
  /** Default `exclusive` */
  mode?: LockMode;
}

export interface TaskLock<Id extends RecordId> {
  status: LockStatus;
  /** `status === 'held'`: this tab holds one lease on all rows, so `headers()` proves a write */
  isHeld: boolean;
  /** Whether leases of others block any of the given rows; without an id, any row of the hook */
  isBlocked(...ids: MaybeId[]): boolean;
  /** How one of the rows stands */
  getLock(id: MaybeId): RecordLock;
  /** Every lease of others in the way */
  conflicts: readonly Conflict[];
  /** The ids that no lease of others blocks, as they were given and in the same order */
  availableIds: readonly Id[];
  /** True while this may be out of date: show it as such, decide nothing on it */
  isStale: boolean;
  isAcquiring: boolean;
  /**
   * The lease in hand. `on-mount` takes the rows again after a loss (a laptop that slept): another id than before means
   * that somebody may have changed them meanwhile, so read them again before saving.
   */
  leaseId?: string;
  /** Why the last `acquire` was refused, or why these rows may not be watched */
  error?: ErrorBody;
  acquire(): Promise<AcquireResult>;
  release(): Promise<void>;
  /** For `fetch`: proves this tab's lease to a guarded route; empty while it holds none */
  headers(): Record<string, string>;
}

/**
 * How a set of rows stands, live, and this tab's lease on them. The array may be a new one at every render; only another
 * content counts. Ids that are missing (`undefined`, `null`, `''`, `NaN`), as on a form for a new row, are left out: there
 * is nothing to lock, and without any id the status is `free`.
 */
export function useTaskLock<Id extends RecordId>(
  ids: readonly (Id | null | undefined)[],
  { resource: given, acquire: when = 'manual', label, mode = 'exclusive' }: TaskLockOptions = {},
): TaskLock<Id> {
  const client = useClient();
  const resource = useResource(given);
  const stableIds = useSameIds(ids.filter((id): id is Id => !isMissingId(id)));
  const observer = useMemo(() => {
    const records = stableIds.map((id) => recordKey(resource, id));
    return new LockObserver(client, records, { mode });
  }, [client, resource, stableIds, mode]);

  const subscribe = useCallback((listener: () => void) => observer.subscribe(listener), [observer]);
  const pending = useMemo(() => pendingSnapshot(observer), [observer]);
  const snapshot = useSyncExternalStore(
    subscribe,
    () => observer.snapshot(),
    () => pending,
  );

  useEffect(() => observer.setLabel(label), [observer, label]);
  useEffect(() => {
    if (when === 'on-mount' && observer.records.length > 0) return observer.keepHeld();
    return () => observer.detach();
  }, [observer, when]);

  return useMemo(
    () => taskLockOf(observer, stableIds, resource, mode, snapshot),
    [observer, stableIds, resource, mode, snapshot],
  );
}

function taskLockOf<Id extends RecordId>(
  observer: LockObserver,
  ids: readonly Id[],
  resource: string,
  mode: LockMode,
  snapshot: LockSnapshot,
): TaskLock<Id> {
  const byKey = new Map(observer.records.map((key, index) => [key, snapshot.locks[index] ?? UNKNOWN_LOCK]));
  const getLock = (id: MaybeId) =>
    isMissingId(id) ? NOTHING_TO_LOCK : (byKey.get(recordKey(resource, id)) ?? UNKNOWN_LOCK);
  const { status, conflicts, isStale, isAcquiring, leaseId, error } = snapshot;
  return {
    status,
    isHeld: status === 'held',
    getLock,
    isBlocked: (...wanted) =>
      (wanted.length > 0 ? wanted.map(getLock) : snapshot.locks).some((lock) => isBlocked(lock, mode)),
    conflicts,
    availableIds: ids.filter((_, index) => {
      const lock = snapshot.locks[index];
      return lock !== undefined && lock.kind !== 'unknown' && !isBlocked(lock, mode);
    }),
    isStale,
    isAcquiring,
    ...(leaseId !== undefined && { leaseId }),
    ...(error && { error }),
    acquire: () => observer.acquire(),
    release: () => observer.release(),
    headers: () => observer.headers(),
  };
}

function useResource(given: string | undefined): string {
  const nearest = useContext(ResourceContext);
  const resource = given ?? nearest;
  if (resource !== undefined) return resource;
  throw new Error(
    'useTaskLock does not know which rows are meant: ids alone have no resource. ' +
      'Pass { resource: \'cities\' }, or wrap the page in <RowlockResource name="cities">.',
  );
}

/** The same array for as long as its contents are the same. */
function useSameIds<Id extends RecordId>(ids: readonly Id[]): readonly Id[] {
  const [kept, keep] = useState(ids);
  const isSame = kept === ids || (kept.length === ids.length && ids.every((id, index) => id === kept[index]));
  if (!isSame) keep(ids);
  return isSame ? kept : ids;
}

const pendingSnapshot = (observer: LockObserver): LockSnapshot => ({
  status: observer.records.length === 0 ? 'free' : 'pending',
  locks: observer.records.map(() => UNKNOWN_LOCK),
  conflicts: [],
  isStale: true,
  isAcquiring: false,
});
