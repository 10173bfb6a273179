/** How requests for records end, for metrics and spans. */
import { ConflictError, DeadlockError, RowlockError, UnavailableError } from './errors.ts';

/**
 * How a request for records ended. `acquired`: also if only a part of them was acquired (`skip`). `waiting`: it has a position in the wait
 * list. `refused`: the request was malformed or not allowed, or Redis has just been restarted. `failed`: anything else
 */
export type AcquireOutcome =
  | 'acquired'
  | 'waiting'
  | 'conflict'
  | 'deadlock'
  | 'refused'
  | 'unavailable'
  | 'failed';

export function getAcquireOutcome(error: unknown): AcquireOutcome {
  if (error instanceof DeadlockError) return 'deadlock';
  if (error instanceof ConflictError) return 'conflict';
  if (error instanceof UnavailableError) return 'unavailable';
  return error instanceof RowlockError ? 'refused' : 'failed';
}
