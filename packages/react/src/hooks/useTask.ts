import { useCallback } from 'react';
import { NO_TASK, type TaskSnapshot } from '../core/taskSnapshot.ts';
import type { RegisteredTaskView } from './register.ts';
import { useSelection } from './useSelection.ts';
import { useTaskSource } from './useTaskSource.ts';

/** A task of the application, live. */
export interface TaskState extends Omit<TaskSnapshot, 'task'> {
  /** The task as the server reported it last. Absent before that. Its `name` narrows the type of its `result` */
  task?: RegisteredTaskView;
}

export interface UseTaskOptions<Selected> {
  /** A pure function of the task. The component renders again only if the result has changed, compared shallowly */
  select: (state: TaskState) => Selected;
}

const selectAll = (state: TaskState) => state;
const watchNothing = () => () => {};

/**
 * One task with its progress, live, and its end for as long as it is watched. Without an id there is no task.
 *
 *     const isRunning = useTask(id, { select: ({ task }) => task?.state === 'running' });
 */
export function useTask(taskId: string | null | undefined): TaskState;
export function useTask<Selected>(
  taskId: string | null | undefined,
  options: UseTaskOptions<Selected>,
): Selected;
export function useTask<Selected>(
  taskId: string | null | undefined,
  options?: UseTaskOptions<Selected>,
): Selected | TaskState {
  const source = useTaskSource();
  const subscribe = useCallback(
    (listener: () => void) => (taskId ? source.watch(taskId, listener) : watchNothing()),
    [source, taskId],
  );
  return useSelection<TaskState, Selected | TaskState>({
    subscribe,
    // The server sends tasks of the names that the application declares.
    getSnapshot: () => (taskId ? (source.get(taskId) as TaskState) : NO_TASK),
    serverSnapshot: NO_TASK,
    select: options?.select ?? selectAll,
  });
}
