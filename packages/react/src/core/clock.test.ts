import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

const DAY_MS = 86_400_000;

// Time itself: nobody waits 60 days for a test. These timers overflow as a browser's do.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a timer of the client', () => {
  it.each([1_000, 2 ** 31 - 1, 2 ** 31, 60 * DAY_MS])(
    'A timer of %i ms calls once, after that time',
    (delayMs) => {
      const run = vi.fn();
      systemClock.after(delayMs, run);
      vi.advanceTimersByTime(delayMs - 1);
      expect(run).not.toHaveBeenCalled();
      vi.advanceTimersByTime(60 * DAY_MS);
      expect(run).toHaveBeenCalledOnce();
    },
  );

  it('A timer can be cancelled after its first steps', () => {
    const run = vi.fn();
    const cancel = systemClock.after(40 * DAY_MS, run);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(30 * DAY_MS);
    expect(run).not.toHaveBeenCalled();
  });
});
