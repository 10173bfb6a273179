import { type RecordKey, recordKey } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import { NOTHING_TO_LOCK, type RecordLock, UNKNOWN_LOCK } from '../core/recordLock.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';

const unknown = () => UNKNOWN_LOCK;
const nothing = () => NOTHING_TO_LOCK;

/**
 * How one record stands, live. Re-renders only when that changes. Without an id (`undefined`, `null`, `''`, `NaN`), as on
 * a form for a new row, there is nothing to lock: it is `free`.
 */
export const useRecordLock = (resource: string, id: MaybeId): RecordLock =>
  useRecordLockOf(isMissingId(id) ? undefined : recordKey(resource, id));

/** The same by key. */
export function useRecordLockOf(key: RecordKey | null | undefined): RecordLock {
  const client = useClient();
  const subscribe = useCallback(
    (listener: () => void) => (key ? client.watchRecords([key], listener) : () => {}),
    [client, key],
  );
  return useSyncExternalStore(subscribe, key ? () => client.lockOf(key) : nothing, key ? unknown : nothing);
}
