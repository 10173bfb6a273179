import { idOf, resourceOf } from '@rowlock/protocol';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { WatchedChange } from '../core/changeNews.ts';
import { useClient } from '../hooks/contexts.ts';
import { useLatest } from '../hooks/useLatest.ts';
import { InvalidationQueue } from './invalidationQueue.ts';

/**
 * For each resource, the keys of the queries that show its rows: `{ cities: [['cities'], ['city']] }`. A function gets the ids of the
 * changed rows, and can name the queries of these alone: `{ cities: (ids) => ids.map((id) => ['city', id]) }`.
 */
export type InvalidationMap = Readonly<
  Record<string, readonly QueryKey[] | ((ids: readonly string[]) => readonly QueryKey[])>
>;

/**
 * Loads queries again when rows on screen have changed, whether by others, by a task, or by this tab. Call it once, near the root.
 *
 * It hears of all rows that the page watches, by a badge, a lock or another hook. A key is loaded at most once a second, and not while the
 * page is hidden: what has changed meanwhile is loaded when it is visible again. A draft of `useDraft` keeps its edits.
 */
export function useInvalidateChanged(map: InvalidationMap): void {
  const client = useClient();
  const queryClient = useQueryClient();
  const latest = useLatest(map);
  useEffect(() => {
    const queue = new InvalidationQueue({
      clock: client.clock,
      isHidden: () => document.visibilityState === 'hidden',
      // A request that is under way may have read the old data, so it does not count.
      invalidate: (queryKey) => void queryClient.invalidateQueries({ queryKey }),
    });
    const onVisible = () => document.visibilityState === 'visible' && queue.resume();
    document.addEventListener('visibilitychange', onVisible);
    const stop = client.records.onAnyChanged((changes) => queue.add(listKeys(changes, latest.current)));
    return () => {
      stop();
      queue.stop();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client, queryClient, latest]);
}

function listKeys(changes: readonly WatchedChange[], map: InvalidationMap): QueryKey[] {
  const idsOf = new Map<string, Set<string>>();
  for (const key of changes.flatMap(({ records }) => records)) {
    const resource = resourceOf(key);
    idsOf.set(resource, (idsOf.get(resource) ?? new Set()).add(idOf(key)));
  }
  return [...idsOf].flatMap(([resource, ids]) => {
    const keys = map[resource] ?? [];
    return typeof keys === 'function' ? keys([...ids]) : keys;
  });
}
