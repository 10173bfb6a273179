/**
 * The time from a log entry to its message to the sessions: the largest of the last minute. Log entries carry
 * Redis's time, so that a clock which differs from it is corrected when the lag is read.
 */

import type { LogConsumers } from '../changeLog/consumers.ts';
import { type LogEntry, timeOf } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';

const HALF_MS = 30_000;

export interface LagMeter {
  /**
   * In ms, corrected by the difference of this process's clock. 0 if nothing was sent. @param aheadMs this clock −
   * Redis's
   */
  largestMs(aheadMs: number): number;
}

/** `wallMs`: this process's wall clock, as Unix time in ms */
export function createLagMeter(parts: { clock: Clock; log: LogConsumers; wallMs?: () => number }): LagMeter {
  const { clock, log, wallMs = Date.now } = parts;
  // Two windows of half a minute: the present one, and the one before.
  let windows: [number | undefined, number | undefined] = [undefined, undefined];
  let beganMs = clock.nowMs();

  function turn(): void {
    const passed = Math.floor((clock.nowMs() - beganMs) / HALF_MS);
    if (passed === 0) return;
    windows = [undefined, passed === 1 ? windows[0] : undefined];
    beganMs += passed * HALF_MS;
  }

  /** These entries have just been sent. */
  function note([oldest]: readonly LogEntry[]): void {
    if (!oldest) return;
    turn();
    const lagMs = wallMs() - timeOf(oldest.position);
    windows[0] = Math.max(windows[0] ?? lagMs, lagMs);
  }

  log.register({ name: 'lag', phase: 'metrics', onEntries: note });

  return {
    largestMs(aheadMs) {
      turn();
      const seen = windows.filter((lagMs) => lagMs !== undefined);
      return seen.length === 0 ? 0 : Math.max(0, Math.max(...seen) - aheadMs);
    },
  };
}
