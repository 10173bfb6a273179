import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePace, msFor } from './pace.ts';
import type { Interval } from './paceHistory.ts';

const intervals = (count: number, msPerUnit: (index: number) => number, units = 1): Interval[] =>
  Array.from({ length: count }, (_, index) => ({ units, ms: units * msPerUnit(index) }));

const timeFor = (seen: readonly Interval[], units: number): number => msFor(estimatePace(seen)!, units);

const anyIntervals = fc.array(
  fc.record({
    units: fc.double({ min: 0.001, max: 1_000, noNaN: true }),
    ms: fc.double({ min: 0, max: 3_600_000, noNaN: true }),
  }),
  { maxLength: 64 },
);
const anyUnits = fc.double({ min: 0, max: 100_000, noNaN: true });

describe('the pace of a task', () => {
  it('no pace is known before two seconds of work', () => {
    expect(estimatePace([])).toBeUndefined();
    expect(estimatePace(intervals(6, () => 300))).toBeUndefined();
  });

  it('an even pace continues', () => {
    expect(
      timeFor(
        intervals(20, () => 100),
        50,
      ),
    ).toBeCloseTo(5_000);
  });

  it('a task that becomes slower is expected to become slower still, for as long as it was seen', () => {
    const slowing = intervals(40, (index) => 100 + 10 * index);
    expect(timeFor(slowing, 40)).toBeGreaterThan(0.95 * sumOf(40, (index) => 500 + 10 * index));
    expect(timeFor(slowing, 400) - timeFor(slowing, 399)).toBeCloseTo(
      timeFor(slowing, 200) - timeFor(slowing, 199),
    );
  });

  it('a task that becomes faster never needs no time', () => {
    const speeding = intervals(40, (index) => 500 - 12 * index);
    expect(timeFor(speeding, 1_000)).toBeGreaterThan(1_000);
  });

  it('a pause hardly changes it', () => {
    const paused = intervals(40, (index) => (index === 30 ? 60_000 : 100));
    expect(timeFor(paused, 10)).toBeLessThan(1.3 * 1_000);
  });

  it('noise is no trend', () => {
    const noisy = intervals(24, (index) => (index % 2 === 0 ? 80 : 120));
    expect(timeFor(noisy, 100)).toBeGreaterThan(9_000);
    expect(timeFor(noisy, 100)).toBeLessThan(11_000);
  });

  it('no time is negative, and more units never take less', () => {
    fc.assert(
      fc.property(anyIntervals, anyUnits, anyUnits, (seen, one, other) => {
        const pace = estimatePace(seen);
        if (!pace) return;
        const [fewer, more] = [msFor(pace, Math.min(one, other)), msFor(pace, Math.max(one, other))];
        expect(fewer).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(fewer - 1e-6 * Math.abs(fewer));
        expect(Number.isFinite(more)).toBe(true);
      }),
    );
  });
});

const sumOf = (count: number, getValue: (index: number) => number): number =>
  Array.from({ length: count }, (_, index) => getValue(index)).reduce((sum, value) => sum + value, 0);
