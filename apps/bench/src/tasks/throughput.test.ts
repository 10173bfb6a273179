import { expect, test } from 'vitest';
import { summary } from './throughput.ts';

test('a throughput compares the rates of the same round, so that a slow round of both changes no ratio', () => {
  const rates = { own: [100, 20, 300], peer: [50, 10, 100], bare: [200, 40, 400] };

  expect(summary({ workMs: 0, concurrency: 10 }, rates)).toEqual({
    workMs: 0,
    concurrency: 10,
    tasksPerSecond: 100,
    peerJobsPerSecond: 50,
    bareJobsPerSecond: 200,
    toPeer: 2,
    toBare: 0.5,
  });
});
