/** The one door for time: everything in this package that waits, waits here, so that a test can turn the clock. */
export interface Clock {
  /** Unix time in ms */
  now(): number;
  /** ms since some moment; does not jump with the computer's clock, but may stand still while the computer sleeps */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`, however long that is; returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

/** Browsers call a timer of more than this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : run()), stepMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
