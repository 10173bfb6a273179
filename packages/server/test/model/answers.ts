/** Brings results and errors of the registry into the form of the model's answers. Pure. Leases are named by id. */
import type { Conflict } from '@rowlock/protocol';
import { ConflictError, DeadlockError, LeaseLostError, RowlockError } from '../../src/errors.ts';
import type { AcquiredLease } from '../../src/locks/registry/requests.ts';
import type { Answer, Blocker } from './calls.ts';

export const listBlockers = (conflicts: readonly Conflict[]) =>
  conflicts
    .map(({ lease, records, recordCount, isWaiting }): Blocker => {
      if (records.length !== recordCount) throw new Error(`${recordCount} records, but named ${records}`);
      return { lease: lease.id, records: [...records].sort(), isWaiting: isWaiting ?? false };
    })
    .sort((one, other) => Number(one.lease) - Number(other.lease));

export const acquiredAnswer = ({ recordCount, skipped, conflicts }: AcquiredLease): Answer => ({
  kind: 'acquired',
  count: recordCount,
  skipped: [...skipped].sort(),
  conflicts: listBlockers(conflicts),
});

/** Undefined if the error is not an answer. */
export function errorAnswer(error: unknown): Answer | undefined {
  if (error instanceof DeadlockError) return { kind: 'deadlock', conflicts: listBlockers(error.conflicts) };
  if (error instanceof ConflictError) return { kind: 'refused', conflicts: listBlockers(error.conflicts) };
  if (error instanceof LeaseLostError) return { kind: 'lost' };
  return undefined;
}

/** Whether other requests have interrupted this one too often. An absent or restarted Redis has other error classes. */
export const isContended = (error: unknown) =>
  error instanceof RowlockError && error.name === 'RowlockError' && error.code === 'unavailable';
