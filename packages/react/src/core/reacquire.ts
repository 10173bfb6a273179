/** Whether a request that was refused is sent again. Pure. */
import { isFinalRefusal } from './refusals.ts';
import type { RowlockClientError } from './rowlockClientError.ts';

/**
 * - `never`: a lease that was lost stays lost, and so does a request that met a conflict
 * - `own`: after a loss (a sleep, an outage) the lease is acquired again, if nobody else holds the records by then. After a
 *   conflict with another tab of the same user it is acquired when that tab has released the records
 * - `when-free`: also after a conflict with somebody else, when the records are free
 */
export type Reacquire = 'never' | 'own' | 'when-free';

export interface RefusedRequest {
  error: RowlockClientError;
  policy: Reacquire;
  /** A dialog asks the user what to do */
  isPaused: boolean;
}

/** When to send the request again: when the server may answer otherwise, when the records are free, or never. */
export function judgeRefusal({ error, policy, isPaused }: RefusedRequest): 'later' | 'when-free' | 'never' {
  if (!isFinalRefusal(error)) return 'later';
  // The connection was refused. When it is made, somebody has signed in.
  if (error.code === 'unauthenticated') return 'later';
  if (error.code !== 'conflict' || policy === 'never') return 'never';
  if (isBlockedByOwnTabs(error)) return 'when-free';
  return policy === 'when-free' && !isPaused ? 'when-free' : 'never';
}

const isBlockedByOwnTabs = ({ conflicts }: RowlockClientError): boolean =>
  conflicts.length > 0 && conflicts.every(({ isSameUser }) => isSameUser === true);
