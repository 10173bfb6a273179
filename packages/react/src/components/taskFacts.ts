/** The meaning of a task's view for people. Pure, for every component that shows tasks. */
import { isFinal, type TaskState, type TaskView } from '@rowlock/protocol';

export type TaskLook = TaskState | 'stopping' | 'paused' | 'no-worker' | 'missing';

/** `isMissing`: the server no longer knows the task. A final state that was reported before stays. */
export function getLook(task: TaskView, isMissing = false): TaskLook {
  if (isFinal(task.state)) return task.state;
  if (isMissing) return 'missing';
  if (task.isPaused && !task.cancelRequested) return 'paused';
  if (!task.hasWorker) return 'no-worker';
  if (task.cancelRequested) return 'stopping';
  return task.state;
}

/** 0 to 1. Undefined while the total is unknown. */
export function getFraction(task: TaskView): number | undefined {
  if (task.state === 'completed') return 1;
  const { done, total, fraction } = task.progress;
  if (fraction !== undefined) return fraction;
  if (total === null) return undefined;
  return total === 0 ? 0 : Math.min(1, Math.max(0, done / total));
}

/** The later of two views of one task. */
export const getNewer = (a: TaskView | undefined, b: TaskView | undefined): TaskView | undefined =>
  !a || !b ? (a ?? b) : b.version >= a.version ? b : a;
