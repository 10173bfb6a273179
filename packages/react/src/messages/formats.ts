/** Numbers, times and lists by `Intl`, in one locale. */

export interface Formats {
  /** A BCP 47 tag: `en`, `de-CH` */
  locale: string;
  number(value: number): string;
  /** Rounded down, so that only finished work is shown as 100 % */
  percent(fraction: number): string;
  /** Date and time in full */
  exactTime(atMs: number): string;
  /** The time of a day. With its date if that is not the day of `nowMs` */
  clockTime(atMs: number, nowMs: number): string;
  /** "15 s", "2 min", "1 h 5 min": in steps that can be read while they change */
  roughDuration(durationMs: number): string;
  /** "Ann, Bo and Cy" */
  list(items: readonly string[]): string;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

const STEP_MS = 5 * SECOND_MS;

export function createFormats(locale: string): Formats {
  const numbers = new Intl.NumberFormat(locale);
  const number = (value: number) => numbers.format(value);
  return {
    locale,
    number,
    percent: (fraction) => `${number(Math.floor(fraction * 100 + 1e-9))} %`,
    exactTime: (atMs) => new Date(atMs).toLocaleString(locale),
    clockTime(atMs, nowMs) {
      const at = new Date(atMs);
      const isSameDay = at.toDateString() === new Date(nowMs).toDateString();
      return at.toLocaleString(locale, {
        ...(!isSameDay && { day: 'numeric', month: 'short' }),
        hour: '2-digit',
        minute: '2-digit',
      });
    },
    roughDuration(durationMs) {
      if (durationMs < MINUTE_MS) {
        return `${number(Math.max(5, Math.ceil(durationMs / STEP_MS) * 5))} s`;
      }
      if (durationMs < HOUR_MS) return `${number(Math.ceil(durationMs / MINUTE_MS))} min`;
      const hours = Math.floor(durationMs / HOUR_MS);
      return `${number(hours)} h ${number(Math.floor((durationMs % HOUR_MS) / MINUTE_MS))} min`;
    },
    list: (items) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
  };
}
