import { describe, expect, it } from 'vitest';
import { task } from '../../testSupport/componentFixture.ts';
import { getThroughput, THROUGHPUT_MINUTES } from './endsPerMinute.ts';
import { getOldestWaiting, sortTasks } from './taskOrder.ts';

const NOW_MS = 1_700_000_000_000;

describe('the throughput', () => {
  it('Tasks count in the minute of their end, and older ones do not count', () => {
    const ended = (agoMs: number) => task('completed', { endedAt: NOW_MS - agoMs });
    const counts = getThroughput(
      [ended(0), ended(1), ended(61_000), ended(29 * 60_000), ended(3_600_000), task('running')],
      NOW_MS,
    );
    expect(counts).toHaveLength(THROUGHPUT_MINUTES);
    expect(counts.at(-1)).toBe(2);
    expect(counts.at(-2)).toBe(1);
    expect(counts[0]).toBe(1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4);
  });
});

describe('the order of tasks', () => {
  const tasks = [
    task('completed', { id: 'done', launchOrder: 9 }),
    task('waiting', { id: 'waits', launchOrder: 2 }),
    task('queued', { id: 'queued', launchOrder: 3 }),
    task('running', { id: 'old run', launchOrder: 1 }),
    task('running', { id: 'new run', launchOrder: 5 }),
  ];

  it('Running tasks come first, then waiting ones, then ended ones', () => {
    expect(sortTasks(tasks).map(({ id }) => id)).toEqual(['new run', 'old run', 'queued', 'waits', 'done']);
  });

  it('The oldest waiting task is the one that was launched first', () => {
    expect(getOldestWaiting(tasks)?.id).toBe('waits');
    expect(getOldestWaiting([])).toBeUndefined();
  });
});
