import {
  type Conflict,
  type ErrorBody,
  idOf,
  type LeaseId,
  type ProblemBody,
  type RecordKey,
} from '@rowlock/protocol';
import { useCallback, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from 'react';
import { conflictsAmong } from '../../core/conflicts.ts';
import { LockObserver, type LockSnapshot } from '../../core/lockObserver.ts';
import { useClient, useMessages } from '../../hooks/contexts.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import type { Messages } from '../../messages.ts';

export interface ConflictModalInput {
  conflicts?: readonly Conflict[];
  error?: ProblemBody | ErrorBody;
  total?: number;
  recordLabel?: (record: RecordKey) => string;
  onContinueWithFree?: () => void;
  onRetryWhenFree?: () => void;
}

export interface ConflictDialog {
  title: string;
  note?: string;
  cards: { conflict: Conflict; isInForce: boolean }[];
  /** Nothing is in the way any more, and that is certain */
  isFree: boolean;
  isStale: boolean;
  continueWithFree?: { count: number; run: () => void };
  retry?: { label: string; isWaiting: boolean; press: () => void };
}

const NO_CONFLICTS: readonly Conflict[] = [];

/** The behaviour of `<ConflictModal>`, for those who draw their own. Mount it when the dialog opens. */
export function useConflictModal(input: ConflictModalInput): ConflictDialog {
  const { error, total, onContinueWithFree, onRetryWhenFree } = input;
  const messages = useMessages();
  const { status } = useRowlock();
  const known = useKnownConflicts(error?.conflicts, input.conflicts);
  const records = useMemo(() => [...new Set(known.flatMap((conflict) => conflict.records))], [known]);
  const { snapshot, isConfirmed, heldNow } = useRecordsNow(records);

  const conflicts = useMemo(() => withNewcomers(known, heldNow), [known, heldNow]);
  const inForce = conflicts.filter(
    (conflict) =>
      !isConfirmed || snapshot.locks.some((lock) => lock.leases.some(({ id }) => id === conflict.lease.id)),
  );
  const hasConflicts = conflicts.length > 0;
  const isStale = hasConflicts ? status !== 'live' || (snapshot.isStale && isConfirmed) : status !== 'live';
  const isFree =
    !isStale && (hasConflicts ? isConfirmed && inForce.length === 0 : error !== undefined && mayPass(error));

  const heldCount = inForce.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const held = total === undefined ? heldCount : Math.min(heldCount, total);
  const name = total === 1 && records.length === 1 ? (input.recordLabel ?? idOf)(records[0]!) : undefined;
  const facts = {
    held,
    isOnlyRead: inForce.length > 0 && inForce.every((conflict) => conflict.lease.mode === 'shared'),
    ...(total !== undefined && { total }),
    ...(name !== undefined && { name }),
  };

  const retry = useRetry(isFree, onRetryWhenFree);
  const freeCount = total === undefined ? 0 : total - held;
  const note = noteOf(error, hasConflicts, isFree, messages);
  return {
    title: hasConflicts
      ? isFree
        ? messages.freeTitle(facts)
        : messages.conflictTitle(facts)
      : titleOfError(error, messages),
    ...(note !== undefined && { note }),
    cards: conflicts.map((conflict) => ({ conflict, isInForce: inForce.includes(conflict) })),
    isFree,
    isStale,
    ...(onContinueWithFree &&
      !isFree &&
      freeCount > 0 && { continueWithFree: { count: freeCount, run: onContinueWithFree } }),
    ...(retry && { retry: { ...retry, label: retryLabel(isFree, retry.isWaiting, hasConflicts, messages) } }),
  };
}

/** All that was in the way since the dialog opened: what has ended meanwhile is still told. */
function useKnownConflicts(
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

/** Those who took the rows after the first holders had gone. */
function withNewcomers(known: readonly Conflict[], heldNow: readonly Conflict[]): readonly Conflict[] {
  const ids = new Set(known.map((conflict) => conflict.lease.id));
  const newcomers = heldNow.filter((conflict) => !ids.has(conflict.lease.id));
  return newcomers.length > 0 ? [...known, ...newcomers] : known;
}

/** How the rows stand now. A refusal can be newer than the live view, so the view counts only after a fresh look. */
function useRecordsNow(records: RecordKey[]): {
  snapshot: LockSnapshot;
  isConfirmed: boolean;
  heldNow: readonly Conflict[];
} {
  const client = useClient();
  const observer = useMemo(() => new LockObserver(client, records), [client, records]);
  const subscribe = useCallback((listener: () => void) => observer.subscribe(listener), [observer]);
  const snapshot = useSyncExternalStore(
    subscribe,
    () => observer.snapshot(),
    () => observer.snapshot(),
  );
  const [looked, setLooked] = useState<LockObserver>();
  useEffect(() => {
    let isCurrent = true;
    client.lookAgain(records).finally(() => {
      if (isCurrent) setLooked(observer);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, records, observer]);
  const isConfirmed = looked === observer && snapshot.locks.every((lock) => lock.kind !== 'unknown');
  const heldNow = useMemo(
    () => (isConfirmed ? conflictsAmong(records, snapshot.locks, 'exclusive') : NO_CONFLICTS),
    [isConfirmed, records, snapshot],
  );
  return { snapshot, isConfirmed, heldNow };
}

/** Pressed while rows are held, it waits and runs by itself; pressed when they are free, it runs at once. */
function useRetry(
  isFree: boolean,
  onRetryWhenFree: (() => void) | undefined,
): { isWaiting: boolean; press: () => void } | undefined {
  const [isWaiting, setWaiting] = useState(false);
  const run = useEffectEvent(() => {
    setWaiting(false);
    onRetryWhenFree?.();
  });
  const isDue = isWaiting && isFree;
  useEffect(() => {
    if (isDue) run();
  }, [isDue]);
  if (!onRetryWhenFree) return undefined;
  const press = () => {
    if (isFree) onRetryWhenFree();
    else setWaiting((waiting) => !waiting);
  };
  return { isWaiting, press };
}

function retryLabel(isFree: boolean, isWaiting: boolean, hasConflicts: boolean, messages: Messages): string {
  if (isFree) return messages.goOn();
  if (hasConflicts) return isWaiting ? messages.waitingUntilFree() : messages.retryWhenFree();
  return isWaiting ? messages.waitingUntilPossible() : messages.retryWhenPossible();
}

/** Refusals that have their cause in the moment, not in the request. */
const mayPass = (error: ProblemBody | ErrorBody): boolean =>
  error.code === 'unavailable' || error.code === 'rate_limited' || error.code === 'internal';

function titleOfError(error: ProblemBody | ErrorBody | undefined, messages: Messages): string {
  return error?.code === 'unavailable' ? messages.unavailableTitle() : messages.refusedTitle();
}

function noteOf(
  error: ProblemBody | ErrorBody | undefined,
  hasConflicts: boolean,
  isFree: boolean,
  messages: Messages,
): string | undefined {
  if (hasConflicts) return isFree ? messages.freeNote() : undefined;
  return error && ('detail' in error ? error.detail : error.message);
}
