import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { systemClock } from '../core/clock.ts';
import { SteadyTask } from '../core/steadyTask.ts';
import { NO_TASK, type TaskSnapshot } from '../core/taskSnapshot.ts';
import { useTaskSource } from './useTaskSource.ts';

const getNoTask = () => NO_TASK;

/** One task for people to read: its progress changes at most once a second, and everything else at once. */
export function useSteadyTask(taskId: string | undefined): TaskSnapshot {
  const source = useTaskSource();
  const steady = useMemo(
    () => (taskId === undefined ? undefined : new SteadyTask(source, taskId, systemClock)),
    [source, taskId],
  );
  const subscribe = useCallback(
    (listener: () => void) => steady?.subscribe(listener) ?? (() => {}),
    [steady],
  );
  return useSyncExternalStore(subscribe, steady?.get ?? getNoTask, getNoTask);
}
