import { useCallback, useState } from 'react';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import { useTaskSource } from './useTaskSource.ts';

export interface Retry {
  isRetrying: boolean;
  /** Why the last retry was refused */
  error?: RowlockClientError;
  /** Launches the ended task again. Never rejects */
  retry: (options?: { onlyFailed?: boolean }) => Promise<void>;
}

/** Retries an ended task. A second press during the first is ignored. */
export function useRetry(taskId: string): Retry {
  const source = useTaskSource();
  const [state, setState] = useState<{ isRetrying: boolean; error?: RowlockClientError }>({
    isRetrying: false,
  });
  const { isRetrying } = state;
  const retry = useCallback(
    async (options: { onlyFailed?: boolean } = {}) => {
      if (isRetrying) return;
      setState({ isRetrying: true });
      const outcome = await source.retry(taskId, options);
      setState({ isRetrying: false, ...(!outcome.ok && { error: outcome.error }) });
    },
    [source, taskId, isRetrying],
  );
  return { ...state, retry };
}
