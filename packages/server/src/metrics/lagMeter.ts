/**
 * How long after an entry of the log its news went out to the tabs: the largest of the last minute. Log entries carry
 * Redis's time, so that a clock which differs from it is corrected when the lag is read.
 */

import type { LogEntry } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';

const HALF_MS = 30_000;

export interface LagMeter {
  /** These entries have just gone out. */
  note(entries: readonly LogEntry[]): void;
  /** By the difference of this process's clock, in ms; 0 where nothing went out. @param aheadMs this clock − Redis's */
  largestMs(aheadMs: number): number;
}

/** @param wallMs this process's wall clock, as Unix time in ms */
export function createLagMeter(clock: Clock, wallMs: () => number = Date.now): LagMeter {
  // Two windows of half a minute: the present one, and the one before.
  let windows: [number | undefined, number | undefined] = [undefined, undefined];
  let beganMs = clock.nowMs();

  function turn(): void {
    const passed = Math.floor((clock.nowMs() - beganMs) / HALF_MS);
    if (passed === 0) return;
    windows = [undefined, passed === 1 ? windows[0] : undefined];
    beganMs += passed * HALF_MS;
  }

  return {
    note(entries) {
      const [oldest] = entries;
      if (!oldest) return;
      turn();
      const lagMs = wallMs() - Number(oldest.position.slice(0, oldest.position.indexOf('-')));
      windows[0] = Math.max(windows[0] ?? lagMs, lagMs);
    },
    largestMs(aheadMs) {
      turn();
      const seen = windows.filter((lagMs) => lagMs !== undefined);
      return seen.length === 0 ? 0 : Math.max(0, Math.max(...seen) - aheadMs);
    },
  };
}
