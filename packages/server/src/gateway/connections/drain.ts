/** Hands the sessions of a server over to others, evenly over a time, so that these do not get all reconnects at once. */
import type { Clock } from '../../clock.ts';

const STEP_MS = 100;

/** Calls `end` for each of the sessions. Resolves after the last one, `overMs` from now. */
export function drain<Session>(
  sessions: readonly Session[],
  { overMs, clock, end }: { overMs: number; clock: Clock; end(session: Session): void },
): Promise<void> {
  const startedAtMs = clock.nowMs();
  let endedCount = 0;
  return new Promise((resolve) => {
    function step(): void {
      const due = countDue(sessions.length, (clock.nowMs() - startedAtMs) / overMs);
      for (const session of sessions.slice(endedCount, due)) end(session);
      endedCount = due;
      if (endedCount < sessions.length) return;
      stop();
      resolve();
    }
    const stop = clock.every(Math.min(STEP_MS, overMs), step);
    if (sessions.length === 0) step();
  });
}

/** How many of them have ended after this part of the time. */
const countDue = (count: number, part: number): number => Math.min(count, Math.floor(count * part));
