import { OPEN_TASK_STATES } from '@rowlock/protocol';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { StorageArea } from '../../core/leaseStorage.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { type TaskListState, useTasks } from '../../hooks/useTasks.ts';
import { NO_CONTENT, type SeenTask, TrayMemory } from './trayMemory.ts';

export interface ShownTasks {
  /** Ids of the user's own open tasks, newest first */
  open: readonly string[];
  /** The user's own tasks that the tray has shown open and that are no longer, newest first */
  finished: readonly SeenTask[];
  /** Ids of the open tasks of others, newest first */
  others: readonly string[];
  /** Of the user's open tasks: those that a worker runs */
  runningCount: number;
  /** True while this may be out of date */
  isStale: boolean;
  /** Undefined until the user has opened or closed the tray */
  isOpen: boolean | undefined;
  setOpen: (isOpen: boolean) => void;
  /** Removes finished tasks from the tray */
  dismiss: (taskIds: readonly string[]) => void;
}

const OPEN_TASKS = { states: OPEN_TASK_STATES };
const getNothing = () => NO_CONTENT;

/**
 * The behaviour of `<TaskTray>`. Tasks that had ended before the tray was there are left out. `storage` keeps it over a reload: by default
 * `sessionStorage`, and `null` keeps nothing. Pass the same object at every render.
 */
export function useTaskTray(storage?: StorageArea | null): ShownTasks {
  const actorId = useActorId();
  const select = useCallback((list: TaskListState) => toIds(list, actorId), [actorId]);
  const { own, others, runningCount, isStale } = useTasks({ filter: OPEN_TASKS, select });
  const memory = useMemo(() => new TrayMemory(storage === undefined ? getPageArea() : storage), [storage]);
  const { seen, isOpen } = useSyncExternalStore(memory.subscribe, memory.get, getNothing);
  const open = useMemo(() => split(own), [own]);
  useEffect(() => memory.note(open), [memory, open]);
  // Before the first answer nobody knows which of the remembered tasks are still open.
  const [hasAnswer, setHasAnswer] = useState(false);
  if (!isStale && actorId !== undefined && !hasAnswer) setHasAnswer(true);
  return {
    open,
    finished: hasAnswer ? seen.filter(({ id }) => !open.includes(id)) : [],
    others: useMemo(() => split(others), [others]),
    runningCount,
    isStale,
    isOpen,
    setOpen: useCallback((next: boolean) => memory.setOpen(next), [memory]),
    dismiss: useCallback((ids: readonly string[]) => memory.dismiss(ids), [memory]),
  };
}

/** Flat, and without the progress, so that the tray renders when tasks come and go only. */
function toIds({ tasks, isStale }: TaskListState, actorId: string | undefined) {
  const own = tasks.filter(({ actor }) => actor.id === actorId);
  const others = tasks.filter(({ actor }) => actor.id !== actorId);
  return {
    own: own.map(({ id }) => id).join('\n'),
    others: others.map(({ id }) => id).join('\n'),
    runningCount: own.filter(({ hasWorker, state }) => hasWorker && state === 'running').length,
    isStale,
  };
}

const split = (ids: string): string[] => (ids === '' ? [] : ids.split('\n'));

function getPageArea(): StorageArea | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    // Forbidden by the browser's settings: the tray then forgets with a reload.
    return null;
  }
}
