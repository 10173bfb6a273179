/**
 * The notice of a lease that has come into force, as scripts write it in replies and on the channel:
 * `leaseId fence since count`, and perhaps the word of an acquire step.
 */
import type { Conflict, LeaseId, RecordKey } from '@rowlock/protocol';
import type { AcquiredLease } from './requests.ts';

export interface AcquiredNotice {
  leaseId: LeaseId;
  fence: string;
  since: number;
  recordCount: number;
  /** The answer of a script that did more in the same step */
  stepAnswer?: string;
}

type NoticeParts = [leaseId: LeaseId, fence: string, since: string, count: string, stepAnswer?: string];

export function parseNotice(notice: string): AcquiredNotice {
  const [leaseId, fence, since, count, stepAnswer] = notice.split(' ') as NoticeParts;
  return {
    leaseId,
    fence,
    since: Number(since),
    recordCount: Number(count),
    ...(stepAnswer !== undefined && { stepAnswer }),
  };
}

/** The lease of a notice, for the process that knows its secret. */
export function toAcquiredLease(
  { leaseId, fence, since, recordCount }: AcquiredNotice,
  { secret, ttlMs }: { secret: string; ttlMs: number },
  { skipped = [], conflicts = [] }: { skipped?: readonly RecordKey[]; conflicts?: readonly Conflict[] } = {},
): AcquiredLease {
  return { id: leaseId, secret, ttlMs, fence, since, recordCount, skipped, conflicts };
}
