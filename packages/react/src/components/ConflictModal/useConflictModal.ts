import { type Conflict, idOf, type RecordKey } from '@rowlock/protocol';
import { useEffect, useMemo, useState } from 'react';
import type { AcquireOutcome } from '../../core/leaseHandle.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useLatest } from '../../hooks/useLatest.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { type ChoiceTexts, choiceTexts } from '../../messages/choiceTexts.ts';
import { type ConflictTexts, conflictTexts } from '../../messages/conflictTexts.ts';
import { type ConflictLock, mayPass, type Refusal } from './refusal.ts';
import { addNewcomers, useKnownConflicts, useRecordsNow } from './useKnownConflicts.ts';

export interface ConflictModalInput {
  lock?: ConflictLock | undefined;
  error?: Refusal | undefined;
  total?: number | undefined;
  recordLabel?: ((record: RecordKey) => string) | undefined;
  onContinueWithFree?: (() => void) | undefined;
  /** Default with `lock`: waits in the wait list, and acquires the rows when it is this tab's turn */
  onRetryWhenFree?: (() => void) | undefined;
  /** The user closes the dialog */
  onClose?: (() => void) | undefined;
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
  /** While `lock` waits: 1 is next. `position` is unknown for a moment after a reload */
  wait?: { position: number | undefined; stop: () => void };
  /** The user's own other tabs hold all of the blocked rows, and `run` takes them over */
  editHere?: { run: () => Promise<AcquireOutcome> };
  /** The request was refused for another reason than a conflict */
  refusal?: Refusal;
}

/** The behaviour of `<ConflictModal>`, for dialogs of your own. Mount it when the dialog opens. */
export function useConflictModal(input: ConflictModalInput): ConflictDialog {
  const { lock, error, onContinueWithFree, onRetryWhenFree } = input;
  const actorId = useActorId();
  const total = input.total ?? lock?.records.length;
  const conflictMessages = useTexts(conflictTexts);
  const choices = useTexts(choiceTexts);
  const messages = { ...conflictMessages, ...choices };
  const { status } = useRowlock();
  const known = useKnownConflicts(error?.conflicts ?? lock?.error?.conflicts, lock?.conflicts);
  const records = useMemo(() => [...new Set(known.flatMap((conflict) => conflict.records))], [known]);
  const { locks, isStale: isViewStale, isConfirmed, blockedNow } = useRecordsNow(records);

  const conflicts = useMemo(() => addNewcomers(known, blockedNow), [known, blockedNow]);
  const inForce = conflicts.filter(
    ({ lease }) => !isConfirmed || locks.some(({ leases }) => leases.some(({ id }) => id === lease.id)),
  );
  const refusal = getRefusal(error ?? lock?.error);
  const hasConflicts = conflicts.length > 0 && refusal === undefined;
  const isStale = status !== 'live' || (hasConflicts && isViewStale && isConfirmed);
  const isFree =
    !isStale &&
    (hasConflicts ? isConfirmed && inForce.length === 0 : refusal !== undefined && mayPass(refusal));

  const blockedCount = inForce.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const blocked = total === undefined ? blockedCount : Math.min(blockedCount, total);
  const name = total === 1 && records.length === 1 ? (input.recordLabel ?? idOf)(records[0]!) : undefined;
  const facts = {
    blocked,
    isOnlyRead: inForce.length > 0 && inForce.every((conflict) => conflict.lease.mode === 'shared'),
    ...(total !== undefined && { total }),
    ...(name !== undefined && { name }),
  };

  const isInLine = lock !== undefined && onRetryWhenFree === undefined;
  const again = useRetry(isFree, onRetryWhenFree ?? (lock && (() => acquireNow(lock, input.onClose))));
  const isOwnTab =
    inForce.length > 0 &&
    inForce.every((conflict) => isOwn(conflict, actorId) && conflict.lease.holder.type === 'person');
  const editHere =
    lock && isOwnTab && !lock.isWaiting
      ? { run: () => lock.takeOver({ reason: messages.editHereReason() }) }
      : undefined;
  const canRetry = (hasConflicts || (refusal !== undefined && mayPass(refusal))) && !editHere;
  const retry =
    isInLine && hasConflicts && !isFree
      ? getLineChoice(lock, messages, input.onClose)
      : again && { ...again, label: getRetryLabel(isFree, again.isWaiting, hasConflicts, messages) };
  const freeCount = total === undefined ? 0 : total - blocked;
  return {
    title: hasConflicts
      ? isFree
        ? messages.freeTitle(facts)
        : messages.conflictTitle(facts)
      : getErrorTitle(refusal, messages),
    ...(hasConflicts && isFree && { note: messages.freeNote() }),
    ...(refusal && { note: messages.refusal(refusal.code), refusal }),
    cards: hasConflicts
      ? conflicts.map((conflict) => ({ conflict, isInForce: inForce.includes(conflict) }))
      : [],
    isFree,
    isStale,
    ...(lock?.isWaiting && {
      wait: { position: lock.position, stop: () => void lock.stopWaiting() },
    }),
    ...(onContinueWithFree &&
      !isFree &&
      hasConflicts &&
      freeCount > 0 && { continueWithFree: { count: freeCount, run: onContinueWithFree } }),
    ...(editHere && { editHere }),
    ...(retry && canRetry && { retry }),
  };
}

/** Any refusal but a conflict, which has titles and holders of its own. */
const getRefusal = (error: Refusal | undefined): Refusal | undefined =>
  error && error.code !== 'conflict' ? error : undefined;

const isOwn = ({ isSameUser, lease }: Conflict, actorId: string | undefined): boolean =>
  isSameUser === true || lease.holder.actor.id === actorId;

function acquireNow(lock: ConflictLock, close: (() => void) | undefined): void {
  close?.();
  void lock.acquire();
}

/** The wait list of the server: waits, and then only closes the dialog, since the wait continues. */
function getLineChoice(
  lock: ConflictLock,
  messages: ChoiceTexts,
  close: (() => void) | undefined,
): NonNullable<ConflictDialog['retry']> {
  const { isWaiting } = lock;
  return {
    label: isWaiting ? messages.notifyMe() : messages.waitInLine(),
    isWaiting: false,
    press: () => (isWaiting ? close?.() : void lock.waitInLine()),
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
