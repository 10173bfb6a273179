import {
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type LeaseView,
  type LockMode,
  type RecordKey,
} from '@rowlock/protocol';
import { isBlocked, type RecordLock } from './recordLock.ts';

/** The leases of others that block a lease in that mode, as a refusal by the server would list them. */
export function listConflicts(
  records: readonly RecordKey[],
  locks: readonly RecordLock[],
  mode: LockMode,
  userId: string | undefined,
): readonly Conflict[] {
  const byLease = new Map<string, Conflict>();
  locks.forEach((lock, index) => {
    if (!lock.lease || !isBlocked(lock, mode)) return;
    let conflict = byLease.get(lock.lease.id);
    if (!conflict) {
      conflict = {
        lease: lock.lease,
        ...(lock.task && { task: lock.task }),
        recordCount: 0,
        records: [],
        ...(isTabOf(userId, lock.lease) && { isSameUser: true }),
      };
      byLease.set(lock.lease.id, conflict);
    }
    conflict.recordCount += 1;
    if (conflict.records.length < CONFLICT_SAMPLE_SIZE) conflict.records.push(records[index]!);
  });
  return [...byLease.values()];
}

const isTabOf = (userId: string | undefined, { holder }: LeaseView): boolean =>
  holder.type === 'person' && holder.actor.id === userId;
