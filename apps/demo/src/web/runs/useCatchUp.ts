import { useRowlock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Lag } from '../../gazetteer/runView.ts';

const FIRST_PAUSE_MS = 200;
/** 0.2 s, 0.4 s … 6.4 s: then the list says that it is behind, and asks no more by itself. */
const MAX_TRIES = 6;
/** A lag that lasts longer than a moment is said. */
const TRIES_BEFORE_SAYING = 3;

/**
 * The live channel may tell of a change before the table has it, and that Redis is back before the api can ask it. An
 * answer that says that it is behind, or that it cannot tell, is asked for again; one that is not behind never is, and
 * none is while Redis is away: then the live channel tells when it is back. True where that goes on for longer than a moment.
 */
export function useCatchUp(key: string, data: Lag | undefined, updatedAt: number): boolean {
  const queryClient = useQueryClient();
  const { status } = useRowlock();
  const isLive = status === 'live';
  const [tries, setTries] = useState(0);
  const behind = data?.behind;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer counts, also one that says the same
  useEffect(() => {
    if (behind === undefined) return;
    if (behind === 0 || !isLive) return setTries(0);
    if (tries >= MAX_TRIES) return;
    const timer = setTimeout(
      () => {
        setTries((count) => count + 1);
        void queryClient.invalidateQueries({ queryKey: [key] });
      },
      FIRST_PAUSE_MS * 2 ** tries,
    );
    return () => clearTimeout(timer);
  }, [behind, updatedAt, isLive, key, queryClient]);

  return isLive && tries >= TRIES_BEFORE_SAYING && behind !== undefined && behind !== 0;
}
