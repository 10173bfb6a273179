/**
 * The term of grace after a restart of Redis: what it wrote last may be lost, so those who held records before have
 * this time to get them back, and nobody else gets any.
 *
 * No wall clock is trusted: a process ends the term when it has seen it open for its whole length on its own monotonic
 * clock. Any process may, and only for the run of Redis that it saw.
 */
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';

/** Holders beat at least every third of their TTL, so one with a TTL of up to 30 s comes back within this time. */
export const DEFAULT_RESTART_GRACE_MS = 10_000;

export interface RestartGrace {
  /** The term is open for this run of Redis. Ends it where it has lasted; the answer says how much is left, in ms. */
  note(runId: string): Promise<number>;
}

export function createRestartGrace(options: {
  clock: Clock;
  lengthMs: number;
  /** Compare-and-set on the run */
  end(runId: string): Promise<unknown>;
}): RestartGrace {
  const { clock, lengthMs, end } = options;
  let seen: { runId: string; sinceMs: number } | undefined;
  return {
    async note(runId) {
      if (seen?.runId !== runId) seen = { runId, sinceMs: clock.nowMs() };
      const leftMs = lengthMs - (clock.nowMs() - seen.sinceMs);
      if (leftMs > 0) return leftMs;
      await end(runId);
      return 0;
    },
  };
}

/** Refused because Redis has just started anew. */
export class RestartGraceError extends RowlockError {
  /** After this time it can be asked for again */
  readonly retryAfterMs: number;

  constructor(leftMs: number) {
    super(
      'unavailable',
      'Redis has started anew and may have lost its newest locks, so for now only those who held records before get ' +
        `them back. Nothing was taken; try again in ${Math.ceil(leftMs / 1000)} s.`,
    );
    this.name = 'RestartGraceError';
    this.retryAfterMs = Math.ceil(leftMs);
  }
}
