/** Numbers, times and counts, in the language of the texts around them. */
import { type Formats, HOUR_MS, MINUTE_MS, SECOND_MS } from './formats.ts';

/** The texts that all components share. */
export interface CommonTexts extends Formats {
  /** "3 rows" */
  rows(count: number): string;
  /** "just now", "3 min ago", "since 14:02" */
  ago(sinceMs: number, nowMs: number): string;
  /** "15 s left", "2 min left" */
  timeLeft(leftMs: number): string;
  /** "12 s" */
  seconds(durationMs: number): string;
  /** The button that closes a dialog and changes nothing */
  close(): string;
}

export const englishCommon = (formats: Formats): CommonTexts => ({
  ...formats,
  rows: (count) => (count === 1 ? '1 row' : `${formats.number(count)} rows`),
  ago(sinceMs, nowMs) {
    const passedMs = nowMs - sinceMs;
    if (passedMs < MINUTE_MS) return 'just now';
    if (passedMs < HOUR_MS) return `${Math.floor(passedMs / MINUTE_MS)} min ago`;
    return `since ${formats.clockTime(sinceMs, nowMs)}`;
  },
  timeLeft: (leftMs) => `${formats.roughDuration(leftMs)} left`,
  seconds: (durationMs) => `${Math.max(0, Math.floor(durationMs / SECOND_MS))} s`,
  close: () => 'Close',
});
