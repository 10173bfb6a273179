/** Numbers, shares and times as people read them. */

/** The reader's language and region, in which numbers are written and typed. */
export const LOCALE = new Intl.NumberFormat().resolvedOptions().locale;

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const formatCount = (value: number): string => whole.format(value);

export const formatShare = (share: number): string =>
  share > 0 && share < 0.000_01 ? '< 0.001 %' : percent.format(share);

export const formatExact = (atMs: number): string => exact.format(atMs);

/** `< 0.1 s`, `0.4 s`, `21 s`, `2 min 5 s`, `1 h 4 min` */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 0.05) return '< 0.1 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds) / 60;
  if (minutes < 60) {
    const rest = Math.round(seconds) % 60;
    return `${Math.floor(minutes)} min${rest ? ` ${rest} s` : ''}`;
  }
  const restMin = Math.round(minutes) % 60;
  return `${Math.floor(Math.round(minutes) / 60)} h${restMin ? ` ${restMin} min` : ''}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Relative up to an hour, then by the clock, with the day where it is another one. */
export function formatWhen(atMs: number, nowMs: number = Date.now()): string {
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return 'just now';
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? clock.format(atMs) : dayAndClock.format(atMs);
}
