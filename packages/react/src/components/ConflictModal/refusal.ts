import type { Conflict, ErrorCode, ProblemBody } from '@rowlock/protocol';
import type { TaskLock } from '../../hooks/useTaskLock.ts';

/** A refused request: a problem body of a guarded route (`detail`), or an error of the client (`message`). */
export type Refusal = ProblemBody | { code: ErrorCode; message: string; conflicts?: readonly Conflict[] };

/** The part of a `TaskLock` that a conflict dialog needs. */
export type ConflictLock = Pick<
  TaskLock,
  | 'records'
  | 'conflicts'
  | 'isHeld'
  | 'isWaiting'
  | 'isRetrying'
  | 'position'
  | 'error'
  | 'episode'
  | 'acquire'
  | 'waitInLine'
  | 'stopWaiting'
  | 'takeOver'
  | 'pauseReacquire'
>;

export const getRefusalText = (refusal: Refusal): string =>
  'detail' in refusal ? refusal.detail : refusal.message;

/** Whether the same request may be accepted later, since the cause of the refusal passes. */
export const mayPass = ({ code }: Refusal): boolean =>
  code === 'unavailable' || code === 'rate_limited' || code === 'internal';
