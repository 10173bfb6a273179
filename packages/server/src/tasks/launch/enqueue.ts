/** Adds the job of a prepared task to the queue, or undoes the launch. */
import type { TaskQueue } from '../store/queue.ts';
import { type AcquiredTask, NOT_QUEUED } from './acquireRecords.ts';
import type { PlannedTask } from './newTask.ts';

/** @throws {UnavailableError} if the job was not added, and the launch is undone */
export type Enqueue = (acquired: AcquiredTask, planned: PlannedTask) => Promise<void>;

export const createEnqueue =
  (queue: TaskQueue): Enqueue =>
  async (acquired, planned) => {
    try {
      await (acquired.job ?? queue.add(planned.job));
      acquired.onKept?.();
    } catch (error) {
      // If Redis cannot be reached to undo it, the reconciler settles it. If the job was added all the same and the task has
      // started, the launch has succeeded.
      const isUndone = await acquired.undo(NOT_QUEUED).catch(() => true);
      if (isUndone) throw error;
      acquired.onKept?.();
    }
  };
