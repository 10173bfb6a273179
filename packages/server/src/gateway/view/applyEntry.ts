/** Applies an entry of the change log to the states of the watched records. Pure. */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import type { LogEntry } from '../../changeLog/entry.ts';
import { type Coverage, readCoverage, unpackChunk } from '../../locks/registry/coverage.ts';
import type { RecordStates } from './recordStates.ts';

const NOTHING: Coverage = { records: [], subtrees: [] };

/**
 * Returns the records that the entry changes. After an `epoch` all records are to be loaded again.
 * @param coverage the records of the leases that the entries report as acquired
 */
export function applyEntry(
  states: RecordStates,
  entry: LogEntry,
  coverage: ReadonlyMap<LeaseId, Coverage>,
): RecordKey[] {
  const { position } = entry;
  switch (entry.kind) {
    case 'acquired':
      return states.acquired(entry.lease, coverage.get(entry.lease.id) ?? NOTHING, position);
    case 'extended':
      return states.acquired(entry.lease, readCoverage([entry.chunk]), position);
    case 'freed':
      return states.released(entry.leaseId, position, unpackChunk(entry.chunk));
    case 'transferred':
      return states.transferred(entry.leaseId, entry.holder, position);
    case 'released':
      return states.released(entry.leaseId, position);
    case 'waiting':
    case 'changed':
    case 'task':
    case 'permissions':
    case 'session':
    case 'releaseRequested':
    case 'releaseAnswered':
    case 'epoch':
      return [];
  }
}
