import { expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import type { LogEntry } from '../changeLog/entry.ts';
import { createLagMeter } from './lagMeter.ts';

const entryAt = (ms: number): LogEntry => ({ kind: 'epoch', position: `${ms}-0`, epoch: 1 });

function open() {
  const clock = handClock();
  const meter = createLagMeter(clock, () => 1_000_000 + clock.nowMs());
  return { clock, meter };
}

it('tells the largest lag of the last minute, and nothing of what came before', () => {
  const { clock, meter } = open();
  expect(meter.largestMs(0)).toBe(0);
  meter.note([entryAt(999_800), entryAt(999_990)]);
  meter.note([entryAt(999_995)]);
  expect(meter.largestMs(0)).toBe(200);
  clock.turn(30_000);
  meter.note([entryAt(1_029_950)]);
  expect(meter.largestMs(0)).toBe(200);
  clock.turn(30_000);
  expect(meter.largestMs(0)).toBe(50);
  clock.turn(300_000);
  expect(meter.largestMs(0)).toBe(0);
});

it('corrects a clock that differs from that of Redis', () => {
  const { meter } = open();
  meter.note([entryAt(999_800)]);
  expect(meter.largestMs(150)).toBe(50);
  expect(meter.largestMs(-100)).toBe(300);
  expect(meter.largestMs(900)).toBe(0);
});
