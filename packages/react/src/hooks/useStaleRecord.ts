import { type RecordId, recordKey } from '@rowlock/protocol';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { WatchedChange } from '../core/changeNews.ts';
import { StaleRecords } from '../core/staleRecords.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';
import { useResource } from './useResource.ts';
import { useSameIds } from './useSameIds.ts';

export interface StaleRecordOptions {
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
  /**
   * The version of the data on screen: the header `Rowlock-Version` of the answer that had it, or `version` of a draft. While it
   * is undefined, nothing is stale
   */
  version: number | undefined;
}

export interface StaleRecord {
  /** Somebody else has changed a row since that version */
  isStale: boolean;
  /** By whom, how and when, newest first, at most 20. One without `how` and `by`: the server no longer knows, so rows may have changed */
  changes: readonly WatchedChange[];
  /** The newest version of these rows that this tab has heard of */
  knownVersion: number | undefined;
}

const NO_CHANGES: readonly WatchedChange[] = [];
const getNoChanges = () => NO_CHANGES;

/**
 * Whether somebody else has changed rows since they were loaded, live. Saves of this tab do not count. Changes between the load
 * and the first render count, and so do those of a lost connection.
 */
export function useStaleRecord(
  ids: MaybeId | readonly MaybeId[],
  { version, resource: given }: StaleRecordOptions,
): StaleRecord {
  const client = useClient();
  const resource = useResource('useStaleRecord', given);
  const all: readonly MaybeId[] = Array.isArray(ids) ? ids : [ids as MaybeId];
  const stableIds = useSameIds(all.filter((id): id is RecordId => !isMissingId(id)));
  const stale = useMemo(
    () =>
      new StaleRecords(
        client,
        stableIds.map((id) => recordKey(resource, id)),
      ),
    [client, resource, stableIds],
  );
  const since = useFirstVersion(stale, version);
  const subscribe = useCallback(
    (listener: () => void) => (since === undefined ? () => {} : stale.subscribe(listener, since)),
    [stale, since],
  );
  const heard = useSyncExternalStore(subscribe, () => stale.getChanges(), getNoChanges);
  return useMemo(() => {
    const changes = version === undefined ? NO_CHANGES : heard.filter((change) => change.version > version);
    const knownVersion = heard.reduce((max, change) => Math.max(max, change.version), version ?? 0);
    return {
      isStale: changes.length > 0,
      changes,
      knownVersion: version === undefined ? undefined : knownVersion,
    };
  }, [heard, version]);
}

/** The first version of the data of these rows. The hook listens to changes since then. */
function useFirstVersion(stale: StaleRecords, version: number | undefined): number | undefined {
  const [first, setFirst] = useState({ stale, version });
  const isKept = first.stale === stale && first.version !== undefined;
  if (!isKept && (first.stale !== stale || version !== undefined)) setFirst({ stale, version });
  return isKept ? first.version : version;
}
