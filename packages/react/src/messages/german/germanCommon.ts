/** Numbers, times and counts in German. */
import type { CommonTexts } from '../commonTexts.ts';
import { type Formats, HOUR_MS, MINUTE_MS, SECOND_MS } from '../formats.ts';

export const germanCommon = (formats: Formats): CommonTexts => ({
  ...formats,
  rows: (count) => (count === 1 ? '1 Zeile' : `${formats.number(count)} Zeilen`),
  ago(sinceMs, nowMs) {
    const passedMs = nowMs - sinceMs;
    if (passedMs < MINUTE_MS) return 'gerade eben';
    if (passedMs < HOUR_MS) return `vor ${Math.floor(passedMs / MINUTE_MS)} min`;
    return `seit ${formats.clockTime(sinceMs, nowMs)}`;
  },
  timeLeft: (leftMs) => `noch ${formats.roughDuration(leftMs)}`,
  seconds: (durationMs) => `${Math.max(0, Math.floor(durationMs / SECOND_MS))} s`,
  close: () => 'Schließen',
});
