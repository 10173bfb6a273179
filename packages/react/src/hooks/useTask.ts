import type { TaskResult } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import { NO_TASK, type TaskSnapshot } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const getNoTask = () => NO_TASK;
const watchNothing = () => () => {};

/**
 * One task with its progress, live, and its end for as long as it is watched. Without an id there is no task.
 *
 * The type of the task's definition gives `task.result` its type: `useTask<typeof normaliseNames>(id)`. An `import type` is
 * enough, so that no code of the server gets into the page.
 */
export function useTask<Definition = unknown>(
  taskId: string | null | undefined,
): TaskSnapshot<TaskResult<Definition>> {
  const { tasks } = useClient();
  const subscribe = useCallback(
    (listener: () => void) => (taskId ? tasks.watch(taskId, listener) : watchNothing()),
    [tasks, taskId],
  );
  // The server sends what the definition's `run` returned.
  const getSnapshot = () => (taskId ? (tasks.get(taskId) as TaskSnapshot<TaskResult<Definition>>) : NO_TASK);
  return useSyncExternalStore(subscribe, getSnapshot, getNoTask);
}
