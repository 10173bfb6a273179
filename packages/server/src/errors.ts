/** One class a cause; each carries a stable `code` of the wire and, where a UI needs it, data. */
import type { Conflict, ErrorBody, ErrorCode } from '@rowlock/protocol';

export class RowlockError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RowlockError';
    this.code = code;
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message };
  }
}

/** Some of the wanted records are held by others; nothing was taken. */
export class ConflictError extends RowlockError {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[], message = explainConflicts(conflicts)) {
    super('conflict', message);
    this.name = 'ConflictError';
    this.conflicts = conflicts;
  }

  override toBody(): ErrorBody {
    return { code: this.code, message: this.message, conflicts: [...this.conflicts] };
  }
}

/** Waiting would never end: who is in the way itself waits for something that this holder holds. */
export class DeadlockError extends ConflictError {
  constructor(conflicts: readonly Conflict[], message = explainDeadlock(conflicts)) {
    super(conflicts, message);
    this.name = 'DeadlockError';
  }
}

/** The lease that a call was made under is not in force, or not the caller's. */
export class LeaseLostError extends RowlockError {
  constructor(leaseId: string) {
    super(
      'lease_lost',
      `Lease ${leaseId} is not in force any more, or is not yours: it was released, taken over, taken back by another ` +
        'tab, or expired. Nothing was written under it. Acquire the records again and check that they have not changed.',
    );
    this.name = 'LeaseLostError';
  }
}

/** Redis cannot be reached, does not answer, or refuses. A write that the guard cannot check is refused. */
export class UnavailableError extends RowlockError {
  constructor(cause?: unknown) {
    super('unavailable', describeCause(cause), { cause });
    this.name = 'UnavailableError';
  }
}

const NOT_REACHED =
  'Redis cannot be reached, so nobody can say who holds which record. Nothing was changed; try again in a moment.';
const NOT_ANSWERED =
  'Redis did not answer in time. What was asked of it may have been done all the same: look before you try again.';

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return NOT_REACHED;
  // As ioredis words it, of a command that was sent.
  if (cause.message === 'Command timed out') return NOT_ANSWERED;
  if (cause.name !== 'ReplyError') return NOT_REACHED;
  const [reason] = cause.message.split(/\.? script: /);
  return (
    `Redis is there and refuses (${reason}), so nothing can be locked or renewed. Nothing was changed. Try again in a moment; ` +
    'if it lasts, look at the memory, disk, replicas and users of Redis.'
  );
}

function explainDeadlock(conflicts: readonly Conflict[]): string {
  const other = conflicts[0]?.lease.holder.label;
  return (
    `Waiting would never end: "${other}" holds some of these records and itself waits for what this holder holds. ` +
    'Nothing was queued; release what you hold, or take all records in one call.'
  );
}

function explainConflicts(conflicts: readonly Conflict[]): string {
  const total = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const first = conflicts[0];
  if (!first) return 'Some records are being changed by somebody else.';
  const { holder } = first.lease;
  const others = conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : '';
  const records = total === 1 ? `${first.records[0]} is` : `${total} of the records are`;
  return (
    `${records} held by "${holder.label}" (${holder.type} of ${holder.actor.name})${others}. ` +
    'Nothing was taken; wait until they are free, or go on without them.'
  );
}
