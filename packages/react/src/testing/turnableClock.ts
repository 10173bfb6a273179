import type { ClientClock } from '../core/clock.ts';

/** A clock that only a test turns. */
export interface TurnableClock extends ClientClock {
  /** Moves time forward. Runs timers in their order, and lets promises settle in between. */
  turn(ms: number): Promise<void>;
  /** Moves time forward as during the sleep of a computer: its timers wait, and run later by that time */
  sleep(ms: number): void;
  /** The number of timers that wait */
  pending(): number;
}

export function createTurnableClock(startMs = 1_700_000_000_000): TurnableClock {
  let nowMs = startMs;
  const timers = new Set<{ dueMs: number; run: () => void }>();

  const settle = async () => {
    // More turns than the longest chain of promises in the client.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };

  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      const timer = { dueMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async turn(ms) {
      await settle();
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...timers]
          .filter((timer) => timer.dueMs <= untilMs)
          .sort((a, b) => a.dueMs - b.dueMs)[0];
        if (!next) break;
        timers.delete(next);
        nowMs = next.dueMs;
        next.run();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    sleep(ms) {
      nowMs += ms;
      for (const timer of timers) timer.dueMs += ms;
    },
    pending: () => timers.size,
  };
}
