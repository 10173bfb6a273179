import { FINAL_TASK_STATES, OPEN_TASK_STATES, type TaskFilter, type TaskView } from '@rowlock/protocol';
import { useEffect, useMemo, useState } from 'react';
import { systemClock } from '../../core/clock.ts';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useTasks } from '../../hooks/useTasks.ts';
import { getOldestWaiting, sortTasks } from './taskOrder.ts';

export type StateOption = 'all' | 'open' | (typeof FINAL_TASK_STATES)[number];

export const STATE_OPTIONS: readonly StateOption[] = ['all', 'open', ...FINAL_TASK_STATES];

/** The filters as the user sets them */
export interface DashboardFilters {
  state: StateOption;
  /** The name of a definition. Empty: all */
  name: string;
  onlyMine: boolean;
  text: string;
}

const NO_FILTERS: DashboardFilters = { state: 'all', name: '', onlyMine: false, text: '' };

export interface Dashboard {
  filters: DashboardFilters;
  setFilters: (change: Partial<DashboardFilters>) => void;
  clearFilters: () => void;
  hasFilters: boolean;
  /** The names of the tasks that it has seen, in the order of the alphabet */
  names: readonly string[];
  /** Running tasks first, then waiting ones, then ended ones; the newest first in each */
  tasks: readonly TaskView[];
  /** Before the first answer */
  isLoading: boolean;
  isStale: boolean;
  error?: RowlockClientError;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => Promise<void>;
  /** Of the newest 100 that wait: the one that was launched first */
  oldestWaiting?: TaskView;
}

/** A search is sent when the typing rests. */
const SEARCH_AFTER_MS = 300;
const WAITING = { states: ['waiting', 'queued'] } as const;

/** The behaviour of `<TaskDashboard>`. */
export function useTaskDashboard(): Dashboard {
  const [filters, setFilters] = useState(NO_FILTERS);
  const actorId = useActorId();
  const text = useRested(filters.text.trim());
  const list = useTasks({ filter: toFilter({ ...filters, text }, actorId) });
  const oldestWaiting = useTasks({ filter: WAITING, select: ({ tasks }) => getOldestWaiting(tasks) });
  const [names, setNames] = useState<readonly string[]>([]);
  const added = list.tasks.map(({ name }) => name).filter((name) => !names.includes(name));
  if (added.length > 0) setNames([...new Set([...names, ...added])].sort());
  return {
    filters,
    setFilters: (change) => setFilters((before) => ({ ...before, ...change })),
    clearFilters: () => setFilters(NO_FILTERS),
    hasFilters: Object.values(toFilter(filters, actorId)).length > 0,
    names,
    tasks: useMemo(() => sortTasks(list.tasks), [list.tasks]),
    isLoading: list.isStale && list.tasks.length === 0 && !list.error,
    isStale: list.isStale,
    ...(list.error && { error: list.error }),
    hasMore: list.hasMore,
    isLoadingMore: list.isLoadingMore,
    loadMore: list.loadMore,
    ...(oldestWaiting && { oldestWaiting }),
  };
}

function toFilter(
  { state, name, onlyMine, text }: DashboardFilters,
  actorId: string | undefined,
): TaskFilter {
  return {
    ...(state === 'open' && { states: OPEN_TASK_STATES }),
    ...(state !== 'open' && state !== 'all' && { states: [state] }),
    ...(name !== '' && { names: [name] }),
    ...(onlyMine && actorId !== undefined && { actorId }),
    ...(text.trim() !== '' && { text: text.trim() }),
  };
}

/** The text when it has not changed for a moment. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => systemClock.after(SEARCH_AFTER_MS, () => setRested(text)), [text]);
  return rested;
}
