import { type RecordKey, recordKey } from '@rowlock/protocol';
import { useCallback, useMemo } from 'react';
import type { RecordLock } from '../core/recordLock.ts';
import { useClient } from './contexts.ts';
import { isMissingId, type MaybeId } from './missingId.ts';
import { useResource } from './useResource.ts';
import { useSelection } from './useSelection.ts';

export interface BlockingTask {
  taskId: string;
  /** How many of the rows the task holds */
  recordCount: number;
}

const NO_LOCKS: readonly RecordLock[] = [];

/**
 * The tasks that hold any of these rows, for one banner each over a table. In the order of the rows. Renders again when a task joins or
 * leaves, and not when it proceeds. `resource`: the kind of rows, by default that of the nearest `<RowlockResource>`.
 */
export function useBlockingTasks(
  ids: readonly MaybeId[],
  options: { resource?: string } = {},
): readonly BlockingTask[] {
  const resource = useResource('useBlockingTasks', options.resource);
  const { records } = useClient();
  const joined = ids.flatMap((id) => (isMissingId(id) ? [] : [recordKey(resource, id)])).join('\n');
  const keys = useMemo(() => (joined === '' ? [] : (joined.split('\n') as RecordKey[])), [joined]);
  const subscribe = useCallback(
    (listener: () => void) => (keys.length > 0 ? records.watch(keys, listener) : () => {}),
    [records, keys],
  );
  const counts = useSelection({
    subscribe,
    getSnapshot: () => keys.map((key) => records.getLock(key)),
    serverSnapshot: NO_LOCKS,
    select: countByTask,
  });
  return useMemo(
    () => Object.entries(counts).map(([taskId, recordCount]) => ({ taskId, recordCount })),
    [counts],
  );
}

function countByTask(locks: readonly RecordLock[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, lease } of locks) {
    if (kind === 'task' && lease) counts[lease.holder.id] = (counts[lease.holder.id] ?? 0) + 1;
  }
  return counts;
}
