/** The rate of a run: units done over the last 10 s of the attempt, so that it follows a change of pace but does not jitter. */
const WINDOW_MS = 10_000;

/** Units per second now. `done`: the units since the start. Each call adds a sample. */
export type RateAt = (nowMs: number, done: number) => number;

export function createProgressRate(startedAtMs: number): RateAt {
  let samples: { atMs: number; done: number }[] = [{ atMs: startedAtMs, done: 0 }];

  return (nowMs, done) => {
    // Keeps one sample older than the window, so that the rate always covers all of it.
    const firstInside = samples.findIndex((sample) => sample.atMs > nowMs - WINDOW_MS);
    if (firstInside > 1) samples = samples.slice(firstInside - 1);
    if (firstInside < 0) samples = samples.slice(-1);
    const first = samples[0]!;
    const spanMs = nowMs - first.atMs;
    samples.push({ atMs: nowMs, done });
    return spanMs > 0 ? ((done - first.done) * 1_000) / spanMs : 0;
  };
}
