import { type Actor, type RecordId, type RecordKey, recordKey } from '@rowlock/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import { isSameContent } from '../core/isSameContent.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import type { PresenceSnapshot, WatchedPresence } from '../core/watchedPresence.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';
import { useResource } from './useResource.ts';

export interface PresenceOptions {
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
}

export interface Presence {
  /** The other users who look at any of the rows, each once, by name. At most 20 of each row */
  actors: readonly Actor[];
  /** How many they are. Of several rows with more than 20 viewers each, at least so many */
  count: number;
  /** True while this may be out of date */
  isStale: boolean;
  /** Why the server refuses to show it */
  error?: RowlockClientError;
}

const NOBODY: Presence = Object.freeze({ actors: [], count: 0, isStale: true });
const getNobody = () => NOBODY;

/**
 * The other users who look at a row, or at any of several rows, live. This tab is visible to them for as long as the component is mounted. At
 * most 200 rows of a tab by default. A missing id is left out.
 */
export function usePresence(wanted: MaybeId | readonly MaybeId[], options: PresenceOptions = {}): Presence {
  const { presence } = useClient();
  const resource = useResource('usePresence', options.resource);
  const ids = (Array.isArray(wanted) ? wanted : [wanted]) as readonly MaybeId[];
  // Compared by content: the array may be a new one at every render.
  const joined = JSON.stringify(
    ids.filter((id): id is RecordId => !isMissingId(id)).map((id) => recordKey(resource, id)),
  );
  const records = useMemo(() => JSON.parse(joined) as RecordKey[], [joined]);
  const view = useMemo(() => createPresenceView(presence, records), [presence, records]);
  return useSyncExternalStore(view.subscribe, view.getSnapshot, getNobody);
}

/** The same snapshot for as long as nothing that it shows has changed. */
function createPresenceView(presence: WatchedPresence, records: readonly RecordKey[]) {
  let last = NOBODY;
  return {
    subscribe: (listener: () => void) => (records.length > 0 ? presence.watch(records, listener) : () => {}),
    getSnapshot: () => {
      const next = mergeViewers(records, presence);
      if (!isSameContent(last, next)) last = next;
      return last;
    },
  };
}

function mergeViewers(records: readonly RecordKey[], presence: WatchedPresence): Presence {
  const viewers: PresenceSnapshot[] = records.map((key) => presence.get(key));
  const byId = new Map(viewers.flatMap(({ actors }) => actors.map((actor) => [actor.id, actor])));
  const actors = [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
  const error = viewers.find((each) => each.error)?.error;
  return {
    actors,
    count: Math.max(actors.length, ...viewers.map(({ count }) => count)),
    isStale: viewers.some(({ isStale }) => isStale),
    ...(error && { error }),
  };
}
