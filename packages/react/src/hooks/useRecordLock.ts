import { type RecordId, type RecordKey, recordKey } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import { type RecordLock, UNKNOWN_LOCK } from '../core/recordLock.ts';
import { useClient } from './contexts.ts';

const unknown = () => UNKNOWN_LOCK;

/** How one record stands, live. Re-renders only when that changes. */
export const useRecordLock = (resource: string, id: RecordId): RecordLock =>
  useRecordLockOf(recordKey(resource, id));

/** Without a key, none. */
export function useRecordLockOf(key: RecordKey | undefined): RecordLock {
  const client = useClient();
  const subscribe = useCallback(
    (listener: () => void) => (key === undefined ? () => {} : client.watchRecords([key], listener)),
    [client, key],
  );
  return useSyncExternalStore(
    subscribe,
    () => (key === undefined ? UNKNOWN_LOCK : client.lockOf(key)),
    unknown,
  );
}
