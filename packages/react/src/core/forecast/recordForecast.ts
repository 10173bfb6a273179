/** When a record will be free. Pure. */

/**
 * Why nobody can say when:
 *
 * - `person`: a person holds it, or waits for it
 * - `hidden`: the user may not see the task
 * - `no-worker`, `paused`, `stopping`: the task stands so
 * - `not-started`: the task holds its records and waits for a worker that has time
 * - `no-rate`: the task has not reported enough progress, or no task of that name was seen before
 * - `pending`, `refused`: the server has not answered yet, or refuses to
 * - `other-rows`: a waiting task also waits for rows of which nothing is known here
 */
export type UnknownReason =
  | 'person'
  | 'hidden'
  | 'no-worker'
  | 'paused'
  | 'stopping'
  | 'not-started'
  | 'no-rate'
  | 'other-rows'
  | 'pending'
  | 'refused';

export type RecordForecast =
  | { kind: 'free' }
  /** At about that time: Unix time in ms by the server's clock. Never before the time of the forecast */
  | { kind: 'at'; atMs: number }
  | { kind: 'unknown'; why: UnknownReason };

export const FREE: RecordForecast = Object.freeze({ kind: 'free' });

export const unknown = (why: UnknownReason): RecordForecast => ({ kind: 'unknown', why });

/** The later of two. An unknown time is later than all others. */
export function later(one: RecordForecast, other: RecordForecast): RecordForecast {
  if (one.kind === 'unknown' || other.kind === 'free') return one;
  if (other.kind === 'unknown' || one.kind === 'free') return other;
  return one.atMs >= other.atMs ? one : other;
}
