import { type TaskFilter, taskFilterKey } from '@rowlock/protocol';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { NO_TASKS, type TaskList } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';

const getNoTasks = () => NO_TASKS;

/** A list of tasks, and a way to show more of it. */
export interface TasksState extends TaskList {
  /** Shows the next 100 older tasks. Never rejects: `error` says why it failed */
  loadMore: () => Promise<void>;
}

/** The tasks that match a filter, newest launch first, live. Default: all tasks that the user may see. */
export function useTasks(filter: TaskFilter = {}): TasksState {
  const { tasks } = useClient();
  const key = taskFilterKey(filter);
  const list = useMemo(() => tasks.list(JSON.parse(key) as TaskFilter), [tasks, key]);
  const subscribe = useCallback((listener: () => void) => list.watch(listener), [list]);
  const snapshot = useSyncExternalStore(subscribe, list.get, getNoTasks);
  return useMemo(() => ({ ...snapshot, loadMore: list.loadMore }), [snapshot, list]);
}
