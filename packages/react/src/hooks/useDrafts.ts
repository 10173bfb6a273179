import { idOf, type RecordKey } from '@rowlock/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import type { DraftArea } from '../core/draft/draftArea.ts';
import { isMissingId, type MaybeId } from './missingId.ts';
import { useActorId } from './useActorId.ts';
import { useDraftShelf } from './useDraftShelf.ts';

export interface DraftsOptions {
  /** As of `useDraft` */
  storage?: DraftArea | null;
  /** As of `useDraft` */
  userId?: string | undefined;
}

export interface Drafts {
  /** The rows with drafts, for example `cities/1` */
  records: readonly RecordKey[];
  /** Whether this user has typed something into the form of that row, and not saved it */
  has(id: MaybeId): boolean;
}

const NO_RECORDS: readonly RecordKey[] = [];
const getNoRecords = () => NO_RECORDS;

/** The rows of a resource with drafts of `useDraft` in this tab, live: for marks in a list. */
export function useDrafts(resource: string, { storage, userId }: DraftsOptions = {}): Drafts {
  const actorId = useActorId();
  const owner = userId ?? actorId;
  const shelf = useDraftShelf(storage);
  const subscribe = useMemo(() => (listener: () => void) => shelf.subscribe(listener), [shelf]);
  const records = useSyncExternalStore(subscribe, () => shelf.list(owner, resource), getNoRecords);
  return useMemo(() => {
    const ids = new Set<string>(records.map(idOf));
    return { records, has: (id) => !isMissingId(id) && ids.has(String(id)) };
  }, [records]);
}
