import { useCallback, useSyncExternalStore } from 'react';
import type { IncomingReleaseRequest } from '../core/releaseRequests.ts';
import { useClient } from './contexts.ts';

const NOBODY_ASKS: readonly IncomingReleaseRequest[] = [];
const getNobody = () => NOBODY_ASKS;

/**
 * The requests of others to release rows that this tab holds, oldest first, live. `request.answer('released')` ends the lease, so
 * save before it; `'later'` and `'refused'` keep it. A request disappears when it is answered, when the lease ends, and when the
 * time for an answer is over. Default: none.
 */
export function useReleaseRequests(): readonly IncomingReleaseRequest[] {
  const { leases } = useClient();
  const subscribe = useCallback((listener: () => void) => leases.onOpenReleaseRequests(listener), [leases]);
  return useSyncExternalStore(subscribe, () => leases.openReleaseRequests, getNobody);
}
