import { expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import { createConsumers } from '../changeLog/consumers.ts';
import type { LogEntry } from '../changeLog/entry.ts';
import { createLagMeter } from './lagMeter.ts';

const entryAt = (ms: number): LogEntry => ({ kind: 'epoch', position: `${ms}-0`, epoch: 1 });

function open() {
  const clock = handClock();
  const log = createConsumers();
  const meter = createLagMeter({ clock, log, wallMs: () => 1_000_000 + clock.nowMs() });
  const sent = (...times: number[]) => log.onEntries(times.map(entryAt), []);
  return { clock, meter, sent };
}

it('the lag meter reports the largest lag of the last minute, and nothing from before', async () => {
  const { clock, meter, sent } = open();
  expect(meter.largestMs(0)).toBe(0);
  await sent(999_800, 999_990);
  await sent(999_995);
  expect(meter.largestMs(0)).toBe(200);
  clock.turn(30_000);
  await sent(1_029_950);
  expect(meter.largestMs(0)).toBe(200);
  clock.turn(30_000);
  expect(meter.largestMs(0)).toBe(50);
  clock.turn(300_000);
  expect(meter.largestMs(0)).toBe(0);
});

it('the lag meter corrects a clock that differs from that of Redis', async () => {
  const { meter, sent } = open();
  await sent(999_800);
  expect(meter.largestMs(150)).toBe(50);
  expect(meter.largestMs(-100)).toBe(300);
  expect(meter.largestMs(900)).toBe(0);
});
