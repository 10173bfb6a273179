import { describe, expect, it } from 'vitest';
import { createProgressMeter } from './progressMeter.ts';

describe('a progress meter', () => {
  it('coalesces any number of calls into one reading, and loses nothing of the last', () => {
    const meter = createProgressMeter(0);
    meter.total(100_000);
    for (let i = 0; i < 99_999; i++) meter.advance();
    expect(meter.read(1_000)?.done).toBe(99_999);
    expect(meter.read(1_100)).toBeUndefined();
    meter.advance();
    expect(meter.read(1_200)?.done).toBe(100_000);
  });

  it('tells rate and time left once it knows both', () => {
    const meter = createProgressMeter(0);
    meter.advance(50);
    expect(meter.read(1_000)).toEqual({ done: 50, total: null, ratePerSecond: 50 });
    meter.total(200);
    expect(meter.read(2_000)).toMatchObject({ done: 50, total: 200, ratePerSecond: 25, etaMs: 6_000 });
  });

  it('measures the rate over the last ten seconds, so that it follows a change of pace', () => {
    const meter = createProgressMeter(0);
    meter.total(10_000);
    for (let second = 1; second <= 20; second++) {
      meter.advance(second <= 10 ? 100 : 10);
      meter.read(second * 1_000);
    }
    meter.advance(10);
    expect(meter.read(21_000)?.ratePerSecond).toBe(10);
  });

  it('never goes beyond its total, and never back', () => {
    const meter = createProgressMeter(0);
    meter.total(10);
    meter.advance(25);
    expect(meter.current(1_000).done).toBe(10);
    expect(() => meter.advance(-1)).toThrow('a count of units must be a number of 0 or more');
    expect(() => meter.total(Number.NaN)).toThrow('progress.total(NaN)');
  });
});
