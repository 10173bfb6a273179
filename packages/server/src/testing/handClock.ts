import type { Clock } from '../clock.ts';

export interface HandClock extends Clock {
  /** Lets so many ms pass: what falls due runs, in its order. */
  turn(ms: number): void;
}

interface Timer {
  dueMs: number;
  intervalMs?: number;
  fn(): void;
}

/** A clock that stands still until a test turns it. */
export function handClock(): HandClock {
  let nowMs = 0;
  const timers = new Set<Timer>();
  const set = (timer: Timer) => {
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    nowMs: () => nowMs,
    after: (delayMs, fn) => set({ dueMs: nowMs + delayMs, fn }),
    every: (intervalMs, fn) => set({ dueMs: nowMs + intervalMs, intervalMs, fn }),
    turn(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
        if (!next) break;
        nowMs = next.dueMs;
        if (next.intervalMs === undefined) timers.delete(next);
        else next.dueMs += next.intervalMs;
        next.fn();
      }
      nowMs = endMs;
    },
  };
}
