import { type TaskFilter, taskFilterKey } from '@rowlock/protocol';
import { useCallback, useMemo } from 'react';
import { NO_TASKS, type TaskList } from '../core/taskSnapshot.ts';
import type { RegisteredTaskView } from './register.ts';
import { useSelection } from './useSelection.ts';
import { useTaskSource } from './useTaskSource.ts';

/** Tasks of the application, live. */
export interface TaskListState extends Omit<TaskList, 'tasks'> {
  /** Newest launch first. A task's `name` narrows the type of its `result` */
  tasks: readonly RegisteredTaskView[];
}

/** A list of tasks, and a way to show more of it. */
export interface TasksState extends TaskListState {
  /** Shows the next 100 older tasks. Never rejects: `error` says why it failed */
  loadMore: () => Promise<void>;
}

export interface UseTasksOptions {
  /** Which tasks. Compared by its content. Default: all that the user may see */
  filter?: TaskFilter;
}

export interface SelectTasksOptions<Selected> extends UseTasksOptions {
  /** A pure function of the list. The component renders again only if the result has changed, compared shallowly */
  select: (list: TaskListState) => Selected;
}

const selectAll = (list: TaskListState) => list;

/**
 * The tasks that match a filter, newest launch first, live.
 *
 *     const running = useTasks({ select: ({ tasks }) => tasks.filter(({ state }) => state === 'running').length });
 */
export function useTasks<Selected>(options: SelectTasksOptions<Selected>): Selected;
export function useTasks(options?: UseTasksOptions): TasksState;
export function useTasks<Selected>({
  filter = {},
  select,
}: UseTasksOptions & Partial<SelectTasksOptions<Selected>> = {}): Selected | TasksState {
  const source = useTaskSource();
  const key = taskFilterKey(filter);
  const list = useMemo(() => source.list(JSON.parse(key) as TaskFilter), [source, key]);
  const subscribe = useCallback((listener: () => void) => list.watch(listener), [list]);
  const selected = useSelection<TaskListState, Selected | TaskListState>({
    subscribe,
    // The server sends tasks of the names that the application declares.
    getSnapshot: () => list.get() as TaskListState,
    serverSnapshot: NO_TASKS as TaskListState,
    select: select ?? selectAll,
  });
  const { loadMore } = list;
  return useMemo(
    () => (select ? (selected as Selected) : { ...(selected as TaskListState), loadMore }),
    [selected, select, loadMore],
  );
}
