/** The one door to time and timers, so that a test can turn the clock. */
export interface Clock {
  /** Monotonic ms: never jumps with the wall clock */
  nowMs(): number;
  /** Calls `fn` once after `delayMs`; the answer cancels. Never keeps a process alive. */
  after(delayMs: number, fn: () => void): () => void;
  /** Calls `fn` every `intervalMs`; the answer cancels. Never keeps a process alive. */
  every(intervalMs: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(intervalMs, fn) {
    const timer = setInterval(fn, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
