/** The order of a dashboard: the tasks that run first, then those that wait, then those that have ended. Pure. */
import type { TaskState, TaskView } from '@rowlock/protocol';

const RANKS: Record<TaskState, number> = {
  running: 0,
  retrying: 1,
  queued: 2,
  waiting: 3,
  completed: 4,
  failed: 4,
  cancelled: 4,
};

/** Newest first within a rank. */
export const sortTasks = (tasks: readonly TaskView[]): TaskView[] =>
  [...tasks].sort(
    (one, other) => RANKS[one.state] - RANKS[other.state] || other.launchOrder - one.launchOrder,
  );

/** The open task that has waited longest for its rows or a worker. */
export function getOldestWaiting(tasks: readonly TaskView[]): TaskView | undefined {
  const waiting = tasks.filter(({ state }) => state === 'waiting' || state === 'queued');
  return waiting.reduce<TaskView | undefined>(
    (oldest, task) => (oldest && oldest.launchOrder <= task.launchOrder ? oldest : task),
    undefined,
  );
}
