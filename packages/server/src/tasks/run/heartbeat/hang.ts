/** Whether an event loop turns, as somebody sees it who looks at its stamp now and then. Pure. */

/** A loop that has not turned for so long, in ms, is busy: its own heartbeats may come too late. */
const BUSY_AFTER_MS = 1_000;

type LoopState =
  /** It turns, and beats for itself */
  | 'turning'
  /** It works on something without a pause, and is trusted to come to an end */
  | 'busy'
  /** It has hung longer than it may: what it holds is better in other hands */
  | 'hung';

export interface HangWatch {
  /** @param nowMs monotonic */
  look(stamp: number, nowMs: number): LoopState;
}

export function watchForHang({ maxHangMs }: { maxHangMs: number }): HangWatch {
  let seen: { stamp: number; sinceMs: number } | undefined;
  let lastLookMs = 0;
  return {
    look(stamp, nowMs) {
      // Who looks was away himself (the whole process was frozen, or the machine asleep): the loop had no chance to turn.
      const wasAway = seen !== undefined && nowMs - lastLookMs > BUSY_AFTER_MS;
      lastLookMs = nowMs;
      if (seen?.stamp !== stamp || wasAway) seen = { stamp, sinceMs: nowMs };
      const stillMs = nowMs - seen.sinceMs;
      if (stillMs > maxHangMs) return 'hung';
      return stillMs >= BUSY_AFTER_MS ? 'busy' : 'turning';
    },
  };
}
