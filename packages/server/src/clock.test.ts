import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { DAY_MS } from './durations.ts';

// Time itself: nobody waits 60 days for a test. These timers overflow as Node's do.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a timer', () => {
  it.each([1_000, 2 ** 31 - 1, 2 ** 31, 30 * DAY_MS, 60 * DAY_MS])(
    'a timer of %i ms calls once, after that time',
    (delayMs) => {
      const fn = vi.fn();
      systemClock.after(delayMs, fn);
      vi.advanceTimersByTime(delayMs - 1);
      expect(fn).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fn).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(60 * DAY_MS);
      expect(fn).toHaveBeenCalledOnce();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('a timer without an end never calls', () => {
    const fn = vi.fn();
    const cancel = systemClock.after(Number.POSITIVE_INFINITY, fn);
    vi.advanceTimersByTime(400 * DAY_MS);
    expect(fn).not.toHaveBeenCalled();
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a timer can be cancelled at any time', () => {
    const fn = vi.fn();
    const cancel = systemClock.after(40 * DAY_MS, fn);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(30 * DAY_MS);
    expect(fn).not.toHaveBeenCalled();
  });
});
