import { useCallback, useSyncExternalStore } from 'react';
import { NO_TASK, type TaskSnapshot } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const noTask = () => NO_TASK;
const watchNothing = () => () => {};

/** One task with its progress, live; also its end, for as long as it is watched. Without an id, none. */
export function useTask(taskId: string | undefined): TaskSnapshot {
  const client = useClient();
  const subscribe = useCallback(
    (listener: () => void) => (taskId === undefined ? watchNothing() : client.watchTask(taskId, listener)),
    [client, taskId],
  );
  const snapshot = () => (taskId === undefined ? NO_TASK : client.taskOf(taskId));
  return useSyncExternalStore(subscribe, snapshot, noTask);
}
