/** At most `limit` messages in any window of 10 s, per tab. */
import type { Clock } from '../clock.ts';

const WINDOW_MS = 10_000;

export function createRateLimit(limit: number, clock: Clock): () => boolean {
  let windowStartMs = clock.nowMs();
  let inWindow = 0;
  let inWindowBefore = 0;
  /** True where one more is allowed. Counts the window before by the share of it that still lies in the last 10 s. */
  return () => {
    const nowMs = clock.nowMs();
    const windowsPassed = Math.floor((nowMs - windowStartMs) / WINDOW_MS);
    if (windowsPassed > 0) {
      inWindowBefore = windowsPassed === 1 ? inWindow : 0;
      inWindow = 0;
      windowStartMs += windowsPassed * WINDOW_MS;
    }
    const shareBefore = 1 - (nowMs - windowStartMs) / WINDOW_MS;
    if (inWindow + inWindowBefore * shareBefore >= limit) return false;
    inWindow++;
    return true;
  };
}
