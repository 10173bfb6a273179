import { useCallback, useEffect, useState } from 'react';
import type { RowlockClient } from '../core/client.ts';
import type { SaveOutcome } from './guardedMutation.ts';
import { getRetryDelayMs, whenLive } from './whenLive.ts';

/** Repeats a save until the server has accepted or refused it, whenever the connection is live. */
export function useRetryWhenPossible(client: RowlockClient, retry: () => Promise<SaveOutcome<unknown>>) {
  const [retries, setRetries] = useState<number>();
  useEffect(() => {
    if (retries === undefined) return;
    let isWanted = true;
    const cancel = whenLive(client, getRetryDelayMs(retries), () => {
      void retry().then((outcome) => {
        if (isWanted) setRetries(mayPass(outcome) ? retries + 1 : undefined);
      });
    });
    return () => {
      isWanted = false;
      cancel();
    };
  }, [client, retries, retry]);
  return {
    isWaiting: retries !== undefined,
    start: useCallback(() => setRetries((count) => count ?? 0), []),
    stop: useCallback(() => setRetries(undefined), []),
  };
}

const mayPass = (outcome: SaveOutcome<unknown>): boolean =>
  !outcome.ok && (outcome.failure.kind === 'unavailable' || outcome.failure.kind === 'uncertain');
