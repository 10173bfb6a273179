import { describe, expect, it } from 'vitest';
import { handClock } from '../../../../test/fixtures/handClock.ts';
import { quietLogger } from '../../../logger.ts';
import type { AttemptStore } from '../../store/attemptStore.ts';
import { createProgressMeter } from '../progressMeter.ts';
import { createRunReports } from '../runReports.ts';
import { startAttemptHeartbeat } from './attemptHeartbeat.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A heartbeat whose store keeps the done units of each call. */
function heartbeatAlone() {
  const clock = handClock();
  const meter = createProgressMeter(clock.nowMs());
  const written: (number | undefined)[] = [];
  const store: Pick<AttemptStore, 'heartbeat'> = {
    heartbeat: async (_secret, said) => {
      written.push(said?.progress?.done);
      return 'ok' as Awaited<ReturnType<AttemptStore['heartbeat']>>;
    },
  };
  startAttemptHeartbeat({
    store: store as AttemptStore,
    secret: {} as Parameters<typeof startAttemptHeartbeat>[0]['secret'],
    ttlMs: 15_000,
    meter,
    reports: createRunReports(clock),
    clock,
    logger: quietLogger,
    stop() {},
  });
  const pass = async (ms: number) => {
    clock.turn(ms);
    await turn();
    await turn();
  };
  return { meter, written, pass };
}

describe('the heartbeat of an attempt', () => {
  it('the first progress after a pause is written at the end of the turn, with all that the turn reports', async () => {
    const { meter, written, pass } = heartbeatAlone();
    await pass(250);
    expect(written).toEqual([]);
    for (let i = 0; i < 1_000; i++) meter.reporter.advance();
    await pass(0);
    expect(written).toEqual([1_000]);
  });

  it('progress without a pause is written once in 250 ms', async () => {
    const { meter, written, pass } = heartbeatAlone();
    meter.reporter.advance();
    await pass(249);
    expect(written).toEqual([]);
    await pass(1);
    meter.reporter.advance();
    await pass(249);
    expect(written).toEqual([1]);
    await pass(1);
    expect(written).toEqual([1, 2]);
  });
});
