/** The one door to time and timers, so that a test can turn the clock. */
export interface Clock {
  /** Monotonic ms: never jumps with the wall clock */
  nowMs(): number;
  /** Calls `fn` once after `delayMs`, however long that is; the answer cancels. Never keeps a process alive. */
  after(delayMs: number, fn: () => void): () => void;
  /** Calls `fn` every `intervalMs`; the answer cancels. Never keeps a process alive. */
  every(intervalMs: number, fn: () => void): () => void;
}

/** Node calls a timer of more than this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, fn) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : fn()), stepMs);
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
  every(intervalMs, fn) {
    const timer = setInterval(fn, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
