/** Decisions whether a task has a worker, and whether its queue is paused. */
import { describe, expect, it } from 'vitest';
import { OPEN, renewedLease, sight, still, task } from '../../../../test/fixtures/sights.ts';
import { decide, NO_SUSPICIONS } from './decide.ts';
import type { OpenTask } from './sight.ts';

describe('whether a task has a worker', () => {
  it('a missing worker is noted if there is no worker, or if it sends no heartbeats', () => {
    const queued = { tasks: [task({ state: 'queued' })], leases: [renewedLease()] };
    expect(decide(sight({ ...queued, workerCount: 0 }, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: false }, heartbeat: undefined, reason: 'there is no worker' },
    ]);
    const silent = { tasks: [task()], leases: [still()] };
    expect(decide(sight(silent, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: false }, heartbeat: '5' },
    ]);
  });
  it('a queued task has a worker again with the first worker, and a running task with its own heartbeat', () => {
    const queued = { tasks: [task({ state: 'queued', hasWorker: false })], leases: [still()] };
    expect(decide(sight(queued, 0), NO_SUSPICIONS).verdicts).toMatchObject([{ seen: { hasWorker: true } }]);
    const running = { tasks: [task({ hasWorker: false })], leases: [renewedLease()] };
    expect(decide(sight(running, 0), NO_SUSPICIONS).verdicts).toEqual([]);
  });
});

describe('a pause of the queue', () => {
  const paused = (...tasks: OpenTask[]) => {
    const seen = { tasks, leases: [still()], isQueuePaused: true, fates: { a: OPEN } };
    return decide(sight(seen, 0), NO_SUSPICIONS).verdicts;
  };

  it.each(['queued', 'retrying'] as const)('a pause is noted once for a task that is %s', (state) => {
    expect(paused(task({ state }))).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: true, isPaused: true }, action: 'paused' },
    ]);
    expect(paused(task({ state, isPaused: true }))).toEqual([]);
  });

  it('a pause does not affect tasks that run, wait for records or have no job', () => {
    const lease = { leases: [renewedLease()], isQueuePaused: true };
    for (const each of [task(), task({ state: 'waiting' }), task({ state: 'queued', isInline: true })]) {
      expect(decide(sight({ ...lease, tasks: [each] }, 0), NO_SUSPICIONS).verdicts).toEqual([]);
    }
  });

  it('a pause ends for each task when the queue is resumed', () => {
    const seen = { tasks: [task({ state: 'queued', isPaused: true })], leases: [still()] };
    expect(decide(sight(seen, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { seen: { hasWorker: true, isPaused: false }, action: 'resumed' },
    ]);
  });

  it('a pause is noted together with a missing worker', () => {
    const seen = {
      tasks: [task({ state: 'queued' })],
      leases: [still()],
      isQueuePaused: true,
      workerCount: 0,
    };
    expect(decide(sight(seen, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { seen: { hasWorker: false, isPaused: true }, action: 'paused' },
    ]);
  });
});
