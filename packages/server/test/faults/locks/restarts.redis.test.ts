import { describe, expect, it } from 'vitest';
import { runFaults } from './runFaults.ts';

describe.concurrent.each(['no', 'everysec', 'always'] as const)(
  'with appendonly %s, a Redis that is killed and restarts',
  (appendonly) => {
    it('P1, P3, P5: no promise is broken while Redis is killed and restarts', async () => {
      const run = await runFaults(['killRedis', 'killRedis'], {
        seed: 2,
        appendonly,
        processes: 2,
        inProcess: 1,
      });
      expect(run.violations).toEqual([]);
    });
  },
);
