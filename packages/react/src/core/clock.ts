/** The one door for time: everything in this package that waits, waits here, so that a test can turn the clock. */
export interface Clock {
  /** Unix time in ms */
  now(): number;
  /** Calls `run` once after `delayMs`; returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
