import { isFinal } from '@rowlock/protocol';
import { useRowlock, useTasks } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { PLACE_KEYS, TASK_KEYS } from '../queries.ts';

/**
 * Reloads rows when a task that may have changed them has ended, and once after a lost connection is back. Nothing is
 * reloaded on a timer.
 */
export function useRefreshWhenDone(): void {
  const { tasks, isStale } = useTasks();
  const { status } = useRowlock();
  const queryClient = useQueryClient();
  const ended = useRef<ReadonlySet<string>>(undefined);
  const wasLost = useRef(false);

  useEffect(() => {
    if (isStale) return;
    const now = new Set(tasks.filter((task) => isFinal(task.state)).map((task) => task.id));
    const before = ended.current;
    ended.current = now;
    if (before && [...now].some((id) => !before.has(id))) refresh();

    function refresh() {
      for (const key of PLACE_KEYS) void queryClient.invalidateQueries({ queryKey: [key] });
    }
  }, [tasks, isStale, queryClient]);

  useEffect(() => {
    if (status === 'reconnecting' || status === 'uncertain') wasLost.current = true;
    if (status !== 'live' || !wasLost.current) return;
    wasLost.current = false;
    for (const key of [...PLACE_KEYS, ...TASK_KEYS]) void queryClient.invalidateQueries({ queryKey: [key] });
  }, [status, queryClient]);
}
