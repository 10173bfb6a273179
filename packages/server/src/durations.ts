/** The one check of durations that an application gives: what is let through is kept to, however long it is. */
import { RowlockError } from './errors.ts';

export const DAY_MS = 86_400_000;
export const YEAR_MS = 365 * DAY_MS;

export interface DurationBounds {
  /** Default 0 */
  atLeastMs?: number;
  /** Default: any finite number */
  atMostMs?: number;
  /** Whether `Infinity` means "without an end". Default false */
  mayBeEndless?: boolean;
  /** Whether it must be a whole number, as what is kept in Redis is. Default false */
  isWhole?: boolean;
}

/** Checks an argument of a call; undefined passes. @throws {RowlockError} `bad_request` */
export function assertDuration(name: string, value: number | undefined, bounds: DurationBounds = {}): void {
  const wrong = whatIsWrong(name, value, bounds);
  if (wrong) throw new RowlockError('bad_request', wrong);
}

/** Checks a setting; undefined passes. @throws {TypeError} */
export function assertDurationSetting(
  name: string,
  value: number | undefined,
  bounds: DurationBounds = {},
): void {
  const wrong = whatIsWrong(name, value, bounds);
  if (wrong) throw new TypeError(wrong);
}

function whatIsWrong(name: string, value: unknown, bounds: DurationBounds): string | undefined {
  const { atLeastMs = 0, atMostMs = Number.MAX_VALUE, mayBeEndless = false, isWhole = false } = bounds;
  if (value === undefined || (mayBeEndless && value === Number.POSITIVE_INFINITY)) return undefined;
  const isNumber = typeof value === 'number' && (isWhole ? Number.isInteger(value) : Number.isFinite(value));
  if (isNumber && value >= atLeastMs && value <= atMostMs) return undefined;
  const kind = isWhole ? 'a whole number' : 'a number';
  const least = atLeastMs === 0 ? 'at least 0' : `at least ${count(atLeastMs)}`;
  const most = atMostMs === Number.MAX_VALUE ? '' : ` and at most ${count(atMostMs)}`;
  const endless = mayBeEndless ? ', or Infinity' : '';
  const given = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${name} is ${given}. It is a duration in ms: give ${kind} of ${least}${most}${endless}.`;
}

const count = (ms: number) => ms.toLocaleString('en-US');
