import { useCallback, useSyncExternalStore } from 'react';
import { NO_TASKS, type TaskList } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const getNoTasks = () => NO_TASKS;

/** All tasks that the user may see, newest first, live. */
export function useTasks(): TaskList {
  const { tasks } = useClient();
  const subscribe = useCallback((listener: () => void) => tasks.watchAll(listener), [tasks]);
  return useSyncExternalStore(subscribe, () => tasks.list(), getNoTasks);
}
