/** Limits the events in any window of 10 s: of one kind, or for each of many keys. */
import type { Clock } from '../clock.ts';

const WINDOW_MS = 10_000;

/** Whether `cost` more (default 1) fits. If so, it is counted. A cost of 0 only asks whether the limit is reached. */
export type RateLimit = (cost?: number) => boolean;

export function createRateLimit(limit: number, clock: Clock): RateLimit {
  let windowStartMs = clock.nowMs();
  let inWindow = 0;
  let inWindowBefore = 0;
  return (cost = 1) => {
    const nowMs = clock.nowMs();
    const windowsPassed = Math.floor((nowMs - windowStartMs) / WINDOW_MS);
    if (windowsPassed > 0) {
      inWindowBefore = windowsPassed === 1 ? inWindow : 0;
      inWindow = 0;
      windowStartMs += windowsPassed * WINDOW_MS;
    }
    // The previous window counts by its share in the last 10 s.
    const shareBefore = 1 - (nowMs - windowStartMs) / WINDOW_MS;
    if (inWindow + inWindowBefore * shareBefore >= limit) return false;
    inWindow += cost;
    return true;
  };
}

export interface KeyedRateLimit {
  allow(key: string, cost?: number): boolean;
  /** Keys that are remembered now */
  size(): number;
}

/** Forgets a key after two windows without an event, because nothing of it counts then. */
export function createKeyedRateLimit(limit: number, clock: Clock): KeyedRateLimit {
  const known = new Map<string, { allow: RateLimit; lastMs: number }>();
  let lastCleanMs = clock.nowMs();

  function clean(nowMs: number): void {
    if (nowMs - lastCleanMs < WINDOW_MS) return;
    lastCleanMs = nowMs;
    for (const [key, { lastMs }] of known) if (nowMs - lastMs > 2 * WINDOW_MS) known.delete(key);
  }

  return {
    allow(key, cost = 1) {
      const nowMs = clock.nowMs();
      clean(nowMs);
      let entry = known.get(key);
      if (!entry) {
        entry = { allow: createRateLimit(limit, clock), lastMs: nowMs };
        known.set(key, entry);
      }
      entry.lastMs = nowMs;
      return entry.allow(cost);
    },
    size: () => known.size,
  };
}
