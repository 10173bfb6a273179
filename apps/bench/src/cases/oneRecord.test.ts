import { expect, test } from 'vitest';
import type { OpenLockSystem } from '../systems/lockSystem.ts';
import { oneRecordCost } from './oneRecord.ts';

test('compares the medians of acquiring one record, and nothing of what follows', async () => {
  const clock = { ms: 0 };
  const taking = (acquireMs: number): OpenLockSystem => ({
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
  const own = { name: 'rowlock', system: taking(3) };
  const setNx = { name: 'SET NX PX', system: taking(2) };
  expect(await oneRecordCost({ own, setNx, ...options })).toEqual({ acquireMs: 3, setNxMs: 2, ratio: 1.5 });
});
