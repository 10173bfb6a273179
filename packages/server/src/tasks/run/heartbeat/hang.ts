/** Judges by an event loop's stamp whether the loop turns, is busy or hangs. Pure. */

/** A loop that has not turned for this time, in ms, is busy: its own heartbeats may come too late. */
const BUSY_AFTER_MS = 1_000;

type LoopState =
  /** It turns, and sends its own heartbeats */
  | 'turning'
  /** It computes without a pause, and is expected to end */
  | 'busy'
  /** It has been busy for too long, so other workers may take over its tasks */
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
      // The observer itself was stopped, since the process was frozen or the machine asleep. The loop could not turn either.
      const wasAway = seen !== undefined && nowMs - lastLookMs > BUSY_AFTER_MS;
      lastLookMs = nowMs;
      if (seen?.stamp !== stamp || wasAway) seen = { stamp, sinceMs: nowMs };
      const silentMs = nowMs - seen.sinceMs;
      if (silentMs > maxHangMs) return 'hung';
      return silentMs >= BUSY_AFTER_MS ? 'busy' : 'turning';
    },
  };
}
