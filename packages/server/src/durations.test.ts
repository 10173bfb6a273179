import { describe, expect, it } from 'vitest';
import { assertDuration, assertDurationSetting, DAY_MS, type DurationBounds } from './durations.ts';
import { RowlockError } from './errors.ts';

describe('a duration', () => {
  it.each<[unknown, DurationBounds]>([
    [undefined, {}],
    [0, {}],
    [0.5, {}],
    [30 * DAY_MS, {}],
    [Number.POSITIVE_INFINITY, { mayBeEndless: true }],
    [1_000, { isWhole: true, atLeastMs: 1_000, atMostMs: 1_000 }],
  ])('a duration may be %s within %j', (value, bounds) => {
    expect(() => assertDuration('waitMs', value as number, bounds)).not.toThrow();
  });

  it.each<[unknown, DurationBounds, string]>([
    [Number.NaN, {}, 'waitMs is NaN. It is a duration in ms: give a number of at least 0.'],
    [-1, {}, 'waitMs is -1.'],
    [Number.POSITIVE_INFINITY, {}, 'waitMs is Infinity.'],
    [Number.NEGATIVE_INFINITY, { mayBeEndless: true }, 'give a number of at least 0, or Infinity.'],
    [Number.NaN, { mayBeEndless: true }, 'waitMs is NaN.'],
    ['5', {}, 'waitMs is "5".'],
    [null, {}, 'waitMs is null.'],
    [1.5, { isWhole: true }, 'give a whole number'],
    [999, { atLeastMs: 1_000 }, 'of at least 1,000.'],
    [1_001, { atMostMs: 1_000 }, 'and at most 1,000.'],
  ])('a duration is refused as %s within %j, in words', (value, bounds, words) => {
    expect(() => assertDuration('waitMs', value as number, bounds)).toThrow(words);
    expect(() => assertDuration('waitMs', value as number, bounds)).toThrow(RowlockError);
    expect(() => assertDurationSetting('waitMs', value as number, bounds)).toThrow(TypeError);
  });
});
