import { recordKey } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import { NOTHING_TO_LOCK, type RecordLock, UNKNOWN_LOCK } from '../core/recordLock.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';

const getUnknown = () => UNKNOWN_LOCK;
const getNothing = () => NOTHING_TO_LOCK;

/**
 * How one row stands, live. Re-renders only when that changes. Without an id (`undefined`, `null`, `''`, `NaN`), as on a form
 * for a new row, there is nothing to lock: the row is `free`.
 */
export function useRecordLock(resource: string, id: MaybeId): RecordLock {
  const { records } = useClient();
  const key = isMissingId(id) ? undefined : recordKey(resource, id);
  const subscribe = useCallback(
    (listener: () => void) => (key ? records.watch([key], listener) : () => {}),
    [records, key],
  );
  return useSyncExternalStore(
    subscribe,
    key ? () => records.getLock(key) : getNothing,
    key ? getUnknown : getNothing,
  );
}
