import { useEffect, useRef } from 'react';
import type { Draft } from '../hooks/useDraft.ts';
import { useLatest } from '../hooks/useLatest.ts';
import type { SaveFailure } from './saveFailure.ts';

/**
 * The user has asked for a save, and somebody else was faster. When the row is loaded again and the edits fit on it, the save continues.
 * If both have changed a field, the user decides, and saves by themselves.
 */
export function useResaveAfterReload<Variables>(
  failure: SaveFailure | undefined,
  draft: Draft<Variables & object> | undefined,
  send: (variables: Variables, version: number | undefined) => Promise<unknown>,
): void {
  const settled = useRef<SaveFailure>(undefined);
  const latestSend = useLatest(send);
  const { loadedVersion, hasOpenConflicts, values, version } = draft ?? {};
  useEffect(() => {
    if (failure?.kind !== 'stale' || settled.current === failure) return;
    if (loadedVersion === undefined || loadedVersion < (failure.version ?? Number.POSITIVE_INFINITY)) return;
    settled.current = failure;
    if (!hasOpenConflicts) void latestSend.current(values as Variables, version);
  }, [failure, loadedVersion, hasOpenConflicts, values, version, latestSend]);
}
