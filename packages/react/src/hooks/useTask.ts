import { useCallback, useSyncExternalStore } from 'react';
import { NO_TASK, type TaskSnapshot } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const noTask = () => NO_TASK;
const watchNothing = () => () => {};

/** One task with its progress, live; also its end, for as long as it is watched. Without an id, none. */
export function useTask(taskId: string | null | undefined): TaskSnapshot {
  const client = useClient();
  const subscribe = useCallback(
    (listener: () => void) => (taskId ? client.watchTask(taskId, listener) : watchNothing()),
    [client, taskId],
  );
  const snapshot = () => (taskId ? client.taskOf(taskId) : NO_TASK);
  return useSyncExternalStore(subscribe, snapshot, noTask);
}
