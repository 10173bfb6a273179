import type { TaskLock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { PLACE_KEYS } from '../queries.ts';

/** A person who lets a row go has perhaps saved it. What tasks have changed, `useRefreshWhenDone` reads. */
export function useRefreshWhenFreed(ids: readonly number[], lock: TaskLock<number>): void {
  const queryClient = useQueryClient();
  const byPerson = useRef<ReadonlySet<number>>(new Set());
  useEffect(() => {
    const now = new Set(ids.filter((id) => lock.getLock(id).kind === 'person'));
    const freed = [...byPerson.current].some((id) => !now.has(id) && lock.getLock(id).kind === 'free');
    byPerson.current = now;
    if (!freed) return;
    for (const key of PLACE_KEYS) void queryClient.invalidateQueries({ queryKey: [key] });
  }, [ids, lock, queryClient]);
}
