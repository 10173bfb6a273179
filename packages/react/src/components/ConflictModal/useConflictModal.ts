import { type Conflict, idOf, type RecordKey } from '@rowlock/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useLatest } from '../../hooks/useLatest.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { type ConflictTexts, conflictTexts } from '../../messages/conflictTexts.ts';
import { type ConflictLock, getRefusalText, mayPass, type Refusal } from './refusal.ts';
import { addNewcomers, useKnownConflicts, useRecordsNow } from './useKnownConflicts.ts';

export interface ConflictModalInput {
  lock?: ConflictLock | undefined;
  error?: Refusal | undefined;
  total?: number | undefined;
  recordLabel?: ((record: RecordKey) => string) | undefined;
  onContinueWithFree?: (() => void) | undefined;
  onRetryWhenFree?: (() => void) | undefined;
}

export interface ConflictDialog {
  title: string;
  note?: string;
  cards: { conflict: Conflict; isInForce: boolean }[];
  /** The rows are certainly free */
  isFree: boolean;
  isStale: boolean;
  continueWithFree?: { count: number; run: () => void };
  retry?: { label: string; isWaiting: boolean; press: () => void };
}

/** The behaviour of `<ConflictModal>`, for dialogs of your own. Mount it when the dialog opens. */
export function useConflictModal(input: ConflictModalInput): ConflictDialog {
  const { lock, error, onContinueWithFree, onRetryWhenFree } = input;
  const total = input.total ?? lock?.records.length;
  const messages = useTexts(conflictTexts);
  const { status } = useRowlock();
  const known = useKnownConflicts(error?.conflicts ?? lock?.error?.conflicts, lock?.conflicts);
  const records = useMemo(() => [...new Set(known.flatMap((conflict) => conflict.records))], [known]);
  const { locks, isStale: isViewStale, isConfirmed, blockedNow } = useRecordsNow(records);

  const conflicts = useMemo(() => addNewcomers(known, blockedNow), [known, blockedNow]);
  const inForce = conflicts.filter(
    ({ lease }) => !isConfirmed || locks.some(({ leases }) => leases.some(({ id }) => id === lease.id)),
  );
  const hasConflicts = conflicts.length > 0;
  const isStale = status !== 'live' || (hasConflicts && isViewStale && isConfirmed);
  const isFree =
    !isStale && (hasConflicts ? isConfirmed && inForce.length === 0 : error !== undefined && mayPass(error));

  const blockedCount = inForce.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const blocked = total === undefined ? blockedCount : Math.min(blockedCount, total);
  const name = total === 1 && records.length === 1 ? (input.recordLabel ?? idOf)(records[0]!) : undefined;
  const facts = {
    blocked,
    isOnlyRead: inForce.length > 0 && inForce.every((conflict) => conflict.lease.mode === 'shared'),
    ...(total !== undefined && { total }),
    ...(name !== undefined && { name }),
  };

  const retry = useRetry(isFree, onRetryWhenFree);
  const freeCount = total === undefined ? 0 : total - blocked;
  const note = getNote(error, hasConflicts, isFree, messages);
  return {
    title: hasConflicts
      ? isFree
        ? messages.freeTitle(facts)
        : messages.conflictTitle(facts)
      : getErrorTitle(error, messages),
    ...(note !== undefined && { note }),
    cards: conflicts.map((conflict) => ({ conflict, isInForce: inForce.includes(conflict) })),
    isFree,
    isStale,
    ...(onContinueWithFree &&
      !isFree &&
      freeCount > 0 && { continueWithFree: { count: freeCount, run: onContinueWithFree } }),
    ...(retry && {
      retry: { ...retry, label: getRetryLabel(isFree, retry.isWaiting, hasConflicts, messages) },
    }),
  };
}

/** Pressed while rows are blocked, it waits and runs by itself. Pressed when they are free, it runs at once. */
function useRetry(
  isFree: boolean,
  onRetryWhenFree: (() => void) | undefined,
): { isWaiting: boolean; press: () => void } | undefined {
  const [isWaiting, setWaiting] = useState(false);
  const latest = useLatest(onRetryWhenFree);
  const isDue = isWaiting && isFree;
  useEffect(() => {
    if (!isDue) return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the wait ends with the one call that this effect makes
    setWaiting(false);
    latest.current?.();
  }, [isDue, latest]);
  if (!onRetryWhenFree) return undefined;
  const press = () => {
    if (isFree) onRetryWhenFree();
    else setWaiting((waiting) => !waiting);
  };
  return { isWaiting, press };
}

function getRetryLabel(
  isFree: boolean,
  isWaiting: boolean,
  hasConflicts: boolean,
  messages: ConflictTexts,
): string {
  if (isFree) return messages.continueNow();
  if (hasConflicts) return isWaiting ? messages.waitingUntilFree() : messages.retryWhenFree();
  return isWaiting ? messages.waitingUntilPossible() : messages.retryWhenPossible();
}

const getErrorTitle = (error: Refusal | undefined, messages: ConflictTexts): string =>
  error?.code === 'unavailable' ? messages.unavailableTitle() : messages.refusedTitle();

function getNote(
  error: Refusal | undefined,
  hasConflicts: boolean,
  isFree: boolean,
  messages: ConflictTexts,
): string | undefined {
  if (hasConflicts) return isFree ? messages.freeNote() : undefined;
  return error && getRefusalText(error);
}
