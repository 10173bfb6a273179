/** Leaves the wait list when the time of a wait is over or its signal aborts. */
import type { Conflict } from '@rowlock/protocol';
import { ConflictError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import {
  type AcquiredLease,
  type LeaseRequest,
  MAX_RECORDS_PER_STEP,
  type WaitingLease,
} from '../registry/requests.ts';

export type WaitEnd =
  /** The lease came into force just before */
  | { kind: 'acquired'; lease: AcquiredLease }
  /** `error`: the reason of the signal, or a ConflictError that names the leases that still block */
  | { kind: 'failed'; error: unknown };

/** Nothing is acquired after an abort. Never rejects. */
export async function endWait(
  registry: Pick<LockRegistry, 'stopWaiting' | 'release' | 'getConflicts'>,
  request: LeaseRequest,
  waiting: WaitingLease,
  signal: AbortSignal | undefined,
): Promise<WaitEnd> {
  const { leaseId, secret, ttlMs, conflicts } = waiting;
  const failed = (error: unknown): WaitEnd => ({ kind: 'failed', error });
  try {
    const met = conflicts.map((conflict) => conflict.lease.id);
    const answer = await registry.stopWaiting({ leaseId, secret }, ttlMs, met);
    if (answer.kind === 'acquired') {
      if (!signal?.aborted) return answer;
      await registry.release({ leaseId, secret }).catch(() => {});
      return failed(signal.reason);
    }
    if (signal?.aborted) return failed(signal.reason);
    const remaining = conflicts.filter((conflict) => answer.remaining.includes(conflict.lease.id));
    return failed(
      new ConflictError(remaining.length > 0 ? remaining : await readConflicts(registry, request)),
    );
  } catch (error) {
    // Nobody renews it any longer, so it expires.
    return failed(signal?.aborted ? signal.reason : error);
  }
}

/** Every lease of the first report has ended, and others block now: after a takeover, or a lost wait list. */
function readConflicts(
  registry: Pick<LockRegistry, 'getConflicts'>,
  request: LeaseRequest,
): Promise<Conflict[]> {
  return registry.getConflicts({ ...request, records: request.records.slice(0, MAX_RECORDS_PER_STEP) });
}
