import { useCallback, useSyncExternalStore } from 'react';
import { NO_TASKS, type TaskList } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const noTasks = () => NO_TASKS;

/** All tasks that the actor may see, newest first, live. */
export function useTasks(): TaskList {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.watchTasks(listener), [client]);
  return useSyncExternalStore(subscribe, () => client.taskList(), noTasks);
}
