/** The one thing that a form's banner shows about its lock. Pure. */
import type { Conflict } from '@rowlock/protocol';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import type { TaskLock } from '../../hooks/useTaskLock.ts';
import type { ConflictLock } from '../ConflictModal/refusal.ts';

/** The part of a `TaskLock` that a banner needs. */
export type BannerLock = ConflictLock & Pick<TaskLock, 'isAcquiring' | 'isStale' | 'lost'>;

export type BannerView =
  /** Nothing blocks the rows, or nobody wants them */
  | { kind: 'none' }
  | { kind: 'blocked'; conflict: Conflict; others: number }
  /** This tab is in the wait list */
  | { kind: 'waiting'; conflict?: Conflict }
  /** The user wanted the rows and could not have them. Now nobody blocks them */
  | { kind: 'free' }
  /** This tab has lost the rows, and nobody has them */
  | { kind: 'lost' }
  | { kind: 'refused'; error: RowlockClientError };

/** The view of a lock, the most important one of several. */
export function getBannerView({
  isHeld,
  isWaiting,
  isAcquiring,
  conflicts,
  error,
  lost,
}: Pick<TaskLock, 'isHeld' | 'isWaiting' | 'isAcquiring' | 'conflicts' | 'error' | 'lost'>): BannerView {
  const [conflict] = conflicts;
  if (isHeld) return { kind: 'none' };
  if (isWaiting) return { kind: 'waiting', ...(conflict && { conflict }) };
  if (error && error.code !== 'conflict') return { kind: 'refused', error };
  if (conflict) return { kind: 'blocked', conflict, others: conflicts.length - 1 };
  if (isAcquiring) return { kind: 'none' };
  if (lost) return { kind: 'lost' };
  return error ? { kind: 'free' } : { kind: 'none' };
}
