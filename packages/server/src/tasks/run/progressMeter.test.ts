import { describe, expect, it } from 'vitest';
import { createProgressMeter, type ProgressMeter } from './progressMeter.ts';

type Reporter = ProgressMeter['reporter'];

function startMeter() {
  const meter = createProgressMeter(0);
  return { ...meter, ...meter.reporter };
}

describe('a progress meter', () => {
  it('progress coalesces any number of calls into one reading, and includes the last one', () => {
    const meter = startMeter();
    meter.total(100_000);
    for (let i = 0; i < 99_999; i++) meter.advance();
    expect(meter.read(1_000)?.done).toBe(99_999);
    expect(meter.read(1_100)).toBeUndefined();
    meter.advance();
    expect(meter.read(1_200)?.done).toBe(100_000);
  });

  it('progress has a rate and a remaining time as soon as both are known', () => {
    const meter = startMeter();
    meter.advance(50);
    expect(meter.read(1_000)).toEqual({ done: 50, total: null, ratePerSecond: 50 });
    meter.total(200);
    expect(meter.read(2_000)).toMatchObject({ done: 50, total: 200, ratePerSecond: 25, etaMs: 6_000 });
  });

  it('the rate covers the last ten seconds, so that it follows a change of pace', () => {
    const meter = startMeter();
    meter.total(10_000);
    for (let second = 1; second <= 20; second++) {
      meter.advance(second <= 10 ? 100 : 10);
      meter.read(second * 1_000);
    }
    meter.advance(10);
    expect(meter.read(21_000)?.ratePerSecond).toBe(10);
  });

  it('the rate sinks while nothing is done, and then disappears', () => {
    const meter = startMeter();
    meter.total(100);
    meter.advance(10);
    expect(meter.read(1_000)).toMatchObject({ ratePerSecond: 10, etaMs: 9_000 });
    expect(meter.read(2_000)).toBeUndefined();
    expect(meter.read(4_000)).toMatchObject({ ratePerSecond: 2.5, etaMs: 36_000 });
    for (let second = 7; second <= 15; second += 3) meter.read(second * 1_000);
    const late = meter.current(16_000);
    expect(late).toEqual({ done: 10, total: 100, fraction: 0.1 });
    expect(meter.read(30_000)).toBeUndefined();
  });

  it('progress never exceeds its total, and never goes back', () => {
    const meter = startMeter();
    meter.total(10);
    meter.advance(25);
    expect(meter.current(1_000)).toMatchObject({ done: 10, total: 10, fraction: 1 });
    meter.total(5);
    expect(meter.current(2_000)).toMatchObject({ done: 10, total: 10, fraction: 1 });
    meter.total(100);
    expect(meter.current(3_000)).toMatchObject({ done: 25, total: 100, fraction: 1 });
  });

  it('a progress meter counts each stage apart, and all stages together', () => {
    const meter = startMeter();
    meter.stage('Reading', { total: 10 });
    meter.advance(10);
    expect(meter.current(1_000)).toMatchObject({ stage: 'Reading', done: 10, total: 10, fraction: 1 });
    meter.stage('Writing', { total: 30 });
    meter.advance(50);
    meter.stage('Cleaning up');
    meter.advance(2);
    expect(meter.current(2_000)).toMatchObject({
      stage: 'Cleaning up',
      stages: [
        { name: 'Reading', done: 10, total: 10 },
        { name: 'Writing', done: 30, total: 30 },
      ],
      done: 42,
      total: 42,
    });
  });

  it('a stage that is named again continues', () => {
    const meter = startMeter();
    meter.total(20);
    for (let page = 0; page < 2; page++) {
      meter.stage('Reading', { total: 10 });
      meter.advance(3);
      meter.stage('Writing', { total: 10 });
      meter.advance(2);
    }
    expect(meter.current(1_000).stages).toEqual([
      { name: 'Reading', done: 6, total: 10 },
      { name: 'Writing', done: 4, total: 10 },
    ]);
    expect(meter.current(1_000)).toMatchObject({ done: 10, total: 20, fraction: 0.5 });
  });

  it('the fraction does not go back when a later stage raises the total', () => {
    const meter = startMeter();
    meter.stage('One', { total: 10 });
    meter.advance(5);
    expect(meter.current(1_000).fraction).toBe(0.5);
    meter.stage('Two', { total: 90 });
    meter.advance(10);
    expect(meter.current(2_000)).toMatchObject({ done: 15, total: 100, fraction: 0.5 });
    meter.advance(45);
    expect(meter.current(3_000).fraction).toBe(0.6);
  });

  it('progress has a bounded size', () => {
    const meter = startMeter();
    for (let i = 0; i < 10_000; i++) meter.stage(`Row ${i} ${'x'.repeat(1_000)}`, { total: 1 });
    meter.message('m'.repeat(10_000_000));
    meter.advance(1e308);
    meter.advance(1e308);
    for (const atMs of [1_000, 2_000]) {
      const json = JSON.stringify(meter.current(atMs));
      expect(json.length).toBeLessThan(8_000);
      const { done, total } = JSON.parse(json);
      expect([done, total]).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
    }
  });

  it('progress refuses malformed counts, and continues', () => {
    const meter = startMeter();
    const advance = meter.advance as (units: unknown) => void;
    for (const units of [-1, Number.NaN, Infinity, '5', 5n, Symbol('five'), {}, null]) {
      expect(() => advance(units)).toThrow('the count is not a number of 0 or more');
    }
    expect(() => meter.total(Number.NaN)).toThrow('progress.total(NaN)');
    expect(() => meter.stage('x', { total: -1 })).toThrow('progress.stage(-1)');
    meter.advance(2);
    expect(meter.current(1_000).done).toBe(2);
  });

  it('the next report of a run makes one call, whatever it reports', () => {
    const reports = [
      (reporter: Reporter) => reporter.total(5),
      (reporter: Reporter) => reporter.advance(),
      (reporter: Reporter) => reporter.stage('Reading'),
      (reporter: Reporter) => reporter.message('Half of it'),
    ];
    for (const report of reports) {
      const meter = createProgressMeter(0);
      let calls = 0;
      meter.onNextReport(() => calls++);
      expect(calls).toBe(0);
      report(meter.reporter);
      report(meter.reporter);
      expect(calls).toBe(1);
    }
  });
});
