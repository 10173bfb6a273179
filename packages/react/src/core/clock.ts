/** The clock of the client. Everything in this package that waits uses it, so that a test can control time. */
export interface ClientClock {
  /** Unix time in ms */
  now(): number;
  /** ms since some moment. Does not jump with the computer's clock, but may stop while the computer sleeps */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`, however long that is. Returns a function that cancels the call. */
  after(delayMs: number, run: () => void): () => void;
}

/** Browsers call a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: ClientClock = {
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
