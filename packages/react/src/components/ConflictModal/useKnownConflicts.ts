/** The knowledge of an open conflict dialog: the conflicts since it opened, and how their rows stand now. */
import type { Conflict, LeaseId, RecordKey } from '@rowlock/protocol';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { listConflicts } from '../../core/conflicts.ts';
import { LockObserver } from '../../core/lockObserver.ts';
import type { RecordLock } from '../../core/recordLock.ts';
import { useClient } from '../../hooks/contexts.ts';

const NO_CONFLICTS: readonly Conflict[] = [];

/** All conflicts since the dialog opened. Holders that have gone meanwhile are still shown. */
export function useKnownConflicts(
  refused: readonly Conflict[] = NO_CONFLICTS,
  live: readonly Conflict[] = NO_CONFLICTS,
): readonly Conflict[] {
  const [known, setKnown] = useState(NO_CONFLICTS);
  const merged = mergeConflicts(mergeConflicts(known, refused), live);
  if (merged !== known) setKnown(merged);
  return merged;
}

function mergeConflicts(known: readonly Conflict[], current: readonly Conflict[]): readonly Conflict[] {
  const byLease = new Map<LeaseId, Conflict>(known.map((conflict) => [conflict.lease.id, conflict]));
  let isChanged = false;
  for (const conflict of current) {
    const before = byLease.get(conflict.lease.id);
    if (before && before.recordCount >= conflict.recordCount) continue;
    byLease.set(conflict.lease.id, conflict);
    isChanged = true;
  }
  return isChanged ? [...byLease.values()] : known;
}

/** Adds the holders who acquired the rows after the first ones had gone. */
export function addNewcomers(
  known: readonly Conflict[],
  blockedNow: readonly Conflict[],
): readonly Conflict[] {
  const ids = new Set(known.map((conflict) => conflict.lease.id));
  const newcomers = blockedNow.filter((conflict) => !ids.has(conflict.lease.id));
  return newcomers.length > 0 ? [...known, ...newcomers] : known;
}

export interface RecordsNow {
  locks: readonly RecordLock[];
  isStale: boolean;
  /** The server was asked about the rows after the dialog opened. A refusal can be newer than the view before that */
  isConfirmed: boolean;
  blockedNow: readonly Conflict[];
}

export function useRecordsNow(records: RecordKey[]): RecordsNow {
  const client = useClient();
  const observer = useMemo(() => new LockObserver(client, records), [client, records]);
  const subscribe = useCallback((listener: () => void) => observer.subscribe(listener), [observer]);
  const { locks, isStale } = useSyncExternalStore(
    subscribe,
    () => observer.getState(),
    () => observer.getState(),
  );
  const [looked, setLooked] = useState<LockObserver>();
  useEffect(() => {
    let isCurrent = true;
    client.records.lookAgain(records).finally(() => {
      if (isCurrent) setLooked(observer);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, records, observer]);
  const userId = client.connection.actor?.id;
  const isConfirmed = looked === observer && locks.every((lock) => lock.kind !== 'unknown');
  const blockedNow = useMemo(
    () => (isConfirmed ? listConflicts(records, locks, 'exclusive', userId) : NO_CONFLICTS),
    [isConfirmed, records, locks, userId],
  );
  return { locks, isStale, isConfirmed, blockedNow };
}
