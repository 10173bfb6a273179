import { useTasks } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

/** Progress arrives several times a second. The list is reloaded at most this often. */
const INTERVAL_MS = 1_000;

/** Reloads the list of runs when the live channel reports that a task has changed. Nothing is reloaded on a timer. */
export function useRefreshRuns(): void {
  const { tasks, isStale } = useTasks();
  useRefreshWhenChanged('runs', isStale ? undefined : tasks);
}

/** `undefined`: nothing is known for now. At the first value the list has just been loaded. */
export function useRefreshWhenChanged(key: string, value: unknown): void {
  const queryClient = useQueryClient();
  const seen = useRef<unknown>(undefined);
  const readAtMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (value === undefined || value === seen.current) return;
    const isFirst = seen.current === undefined;
    seen.current = value;
    if (isFirst) return;
    const waitMs = Math.max(0, readAtMs.current + INTERVAL_MS - performance.now());
    const timer = setTimeout(() => {
      readAtMs.current = performance.now();
      void queryClient.invalidateQueries({ queryKey: [key] });
    }, waitMs);
    return () => clearTimeout(timer);
  }, [value, key, queryClient]);
}
