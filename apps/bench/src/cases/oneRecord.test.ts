import { expect, test } from 'vitest';
import type { OpenLockSystem } from '../systems/lockSystem.ts';
import { oneRecordCost } from './oneRecord.ts';

test('oneRecordCost compares the medians of acquire alone', async () => {
  const clock = { ms: 0 };
  const acquiring = (acquireMs: number): OpenLockSystem => ({
    async acquire() {
      clock.ms += acquireMs;
      return {
        async release() {
          clock.ms += 100;
        },
      };
    },
    close: async () => {},
  });
  const options = { id: '1', rounds: 5, now: () => clock.ms };
  const own = { name: 'rowlock', system: acquiring(3) };
  const setNx = { name: 'SET NX PX', system: acquiring(2) };
  expect(await oneRecordCost({ own, setNx, ...options })).toEqual({ acquireMs: 3, setNxMs: 2, ratio: 1.5 });
});
