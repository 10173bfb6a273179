import { type TaskLock, type TaskLockOptions, useTaskLock } from '../hooks/useTaskLock.ts';
import { useRenderCount } from './useRenderCount.ts';

interface LockProps {
  ids: readonly (number | string)[];
  options?: TaskLockOptions;
  seen?: { lock?: TaskLock<number | string> };
  counts?: Record<string, number>;
}

/** Shows the status of a lock on these cities. */
export function Lock({ ids, options, seen, counts = {} }: LockProps) {
  useRenderCount(counts, 'lock');
  // A new array at every render, as applications write it.
  const lock = useTaskLock([...ids], { resource: 'cities', ...options });
  if (seen) seen.lock = lock;
  return <output>{lock.status}</output>;
}
