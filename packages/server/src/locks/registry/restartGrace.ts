/**
 * The restart grace. After a restart, Redis may have lost its newest writes. During the restart grace, previous holders
 * acquire their records again, and nobody else acquires any.
 *
 * It does not depend on the wall clock. A process ends the restart grace after it has seen it for its whole length on its
 * own monotonic clock. Any process may end it, for the run of Redis that it saw.
 */
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';

/** Holders renew at least every third of their TTL, so a holder with a TTL of up to 30 s returns within this time. */
export const DEFAULT_RESTART_GRACE_MS = 10_000;

export interface RestartGrace {
  /** Records that the restart grace of this run of Redis is open, and ends it when it is over. Answers how much is left, in ms. */
  note(runId: string): Promise<number>;
  /** @throws {RestartGraceError} unless the restart grace has just ended, so that the caller can try again at once */
  assertGraceOver(runId: string): Promise<void>;
}

export function createRestartGrace(options: {
  clock: Clock;
  lengthMs: number;
  /** Compare-and-set on the run */
  end(runId: string): Promise<unknown>;
}): RestartGrace {
  const { clock, lengthMs, end } = options;
  let seen: { runId: string; sinceMs: number } | undefined;

  async function note(runId: string): Promise<number> {
    if (seen?.runId !== runId) seen = { runId, sinceMs: clock.nowMs() };
    const leftMs = lengthMs - (clock.nowMs() - seen.sinceMs);
    if (leftMs > 0) return leftMs;
    await end(runId);
    return 0;
  }

  return {
    note,
    async assertGraceOver(runId) {
      const leftMs = await note(runId);
      if (leftMs > 0) throw new RestartGraceError(leftMs);
    },
  };
}

/** The request was refused because Redis has just restarted. */
export class RestartGraceError extends RowlockError {
  /** When to try again, in ms from now */
  readonly retryAfterMs: number;

  constructor(leftMs: number) {
    super(
      'unavailable',
      'Redis has restarted and may have lost its newest locks, so only previous holders acquire their records for now. ' +
        `Nothing was locked; try again in ${Math.ceil(leftMs / 1000)} s.`,
    );
    this.name = 'RestartGraceError';
    this.retryAfterMs = Math.ceil(leftMs);
  }
}
