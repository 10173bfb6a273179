/** A lease's public side as scripts write it (`leaseRow` in records.lua), and their report of blocking leases. */
import {
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type Holder,
  type LeaseId,
  type LeaseView,
  type LockMode,
  type RecordKey,
} from '@rowlock/protocol';

export type LeaseRow = [id: string, holder: string, mode: string, since: string, count: string];
export type ConflictRow = [lease: LeaseRow, total: number, sample: RecordKey[], isWaiting: 0 | 1];

export const readLeaseRow = ([id, holder, mode, since, count]: LeaseRow): LeaseView => ({
  id,
  holder: JSON.parse(holder) as Holder,
  mode: mode as LockMode,
  since: Number(since),
  recordCount: Number(count),
});

export const readConflicts = (rows: readonly ConflictRow[]): Conflict[] =>
  rows.map(([lease, recordCount, records, isWaiting]) => ({
    lease: readLeaseRow(lease),
    recordCount,
    records,
    ...(isWaiting === 1 && { isWaiting: true }),
  }));

/** The first `most` conflicts: leases in force before leases that wait. */
export const firstOf = (conflicts: readonly Conflict[], most: number): Conflict[] =>
  [
    ...conflicts.filter(({ isWaiting }) => !isWaiting),
    ...conflicts.filter(({ isWaiting }) => isWaiting),
  ].slice(0, most);

/** The reports of several parts of one request as one. */
export function mergeConflicts(reports: readonly (readonly Conflict[])[]): Conflict[] {
  const merged = new Map<LeaseId, Conflict>();
  for (const conflict of reports.flat()) {
    const before = merged.get(conflict.lease.id);
    merged.set(conflict.lease.id, {
      ...conflict,
      recordCount: (before?.recordCount ?? 0) + conflict.recordCount,
      records: [...(before?.records ?? []), ...conflict.records].slice(0, CONFLICT_SAMPLE_SIZE),
    });
  }
  return [...merged.values()];
}
