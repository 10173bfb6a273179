import { useState, useSyncExternalStore } from 'react';
import { Selection } from '../core/selection.ts';

/** A part of an external store. Re-renders only if that part has changed, compared shallowly. */
export function useSelection<Snapshot, Selected>({
  subscribe,
  getSnapshot,
  serverSnapshot,
  select,
}: {
  subscribe: (listener: () => void) => () => void;
  getSnapshot: () => Snapshot;
  /** The snapshot in server rendering, and until hydration is over */
  serverSnapshot: Snapshot;
  select: (snapshot: Snapshot) => Selected;
}): Selected {
  const [selection] = useState(() => new Selection<Snapshot, Selected>());
  return useSyncExternalStore(
    subscribe,
    () => selection.get(getSnapshot(), select),
    () => selection.get(serverSnapshot, select),
  );
}
