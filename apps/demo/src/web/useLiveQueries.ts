import { useRowlock, useTaskEnd } from '@rowlock/react';
import { useInvalidateChanged } from '@rowlock/react/query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { PLACE_KEYS } from './queries.ts';

const LIVE_QUERIES = { cities: PLACE_KEYS.map((key) => [key]) };

/** Loads queries again when the data that they show has changed. Nothing is reloaded on a timer. */
export function useLiveQueries(): void {
  const queryClient = useQueryClient();
  const { status } = useRowlock();
  const wasLost = useRef(false);
  useInvalidateChanged(LIVE_QUERIES);

  // The pages of countries and regions show sums over rows that they do not watch.
  useTaskEnd(() => {
    for (const key of ['countries', 'regions']) void queryClient.invalidateQueries({ queryKey: [key] });
  });

  // Tasks and notices of failures come from a table of the demo's own, which nobody watches.
  useEffect(() => {
    if (status === 'reconnecting' || status === 'uncertain') wasLost.current = true;
    if (status !== 'live' || !wasLost.current) return;
    wasLost.current = false;
    void queryClient.invalidateQueries();
  }, [status, queryClient]);
}
