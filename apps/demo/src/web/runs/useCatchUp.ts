import { useRowlock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Lag } from '../../gazetteer/runView.ts';

const FIRST_PAUSE_MS = 200;
/** 0.2 s, 0.4 s … 6.4 s. Then the list shows that it is behind, and stops retrying. */
const MAX_TRIES = 6;
/** A longer lag is shown. */
const TRIES_BEFORE_SAYING = 3;

/**
 * The live channel may report a change before the table has it, and Redis before the API can reach it. A query whose answer
 * is behind, or does not know, is repeated, unless Redis is away: the live channel reports when it is back. True if the lag
 * lasts longer than a moment.
 */
export function useCatchUp(key: string, data: Lag | undefined, updatedAt: number): boolean {
  const queryClient = useQueryClient();
  const { status } = useRowlock();
  const isLive = status === 'live';
  const behind = data?.behind;
  const isBehind = isLive && behind !== undefined && behind !== 0;
  const [tries, setTries] = useState(0);
  // The next lag counts from the start.
  if (!isBehind && tries > 0) setTries(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer counts, also an equal one
  useEffect(() => {
    if (!isBehind || tries >= MAX_TRIES) return;
    const timer = setTimeout(
      () => {
        setTries(tries + 1);
        void queryClient.invalidateQueries({ queryKey: [key] });
      },
      FIRST_PAUSE_MS * 2 ** tries,
    );
    return () => clearTimeout(timer);
  }, [isBehind, tries, updatedAt, key, queryClient]);

  return isBehind && tries >= TRIES_BEFORE_SAYING;
}
