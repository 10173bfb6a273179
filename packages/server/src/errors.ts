/** One class for each cause. Each has a stable `code` of the wire, and data if a UI needs it. */
import type { Conflict, ErrorBody, ErrorCode, RecordChange } from '@rowlock/protocol';

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

/** Other leases block some of the records. Nothing was acquired. */
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

/** Waiting would never end: the blocking holder itself waits for records of this holder. */
export class DeadlockError extends ConflictError {
  constructor(conflicts: readonly Conflict[], message = explainDeadlock(conflicts)) {
    super(conflicts, message);
    this.name = 'DeadlockError';
  }
}

/** The lease of a call is not in force, or belongs to another holder. */
export class LeaseLostError extends RowlockError {
  constructor(leaseId: string) {
    super(
      'lease_lost',
      `Lease ${leaseId} has ended, or is not yours: it was released, taken over, resumed by another tab, or it expired. ` +
        'Nothing was written under it. Acquire the records again and check that they have not changed.',
    );
    this.name = 'LeaseLostError';
  }
}

/** Some records have changed since the writer loaded them, or nobody knows whether they have. Nothing was written. */
export class StaleError extends RowlockError {
  /** The version of the namespace now */
  readonly version: number;
  /** The changes, newest first, at most 20. None if the memory of changes does not reach back that far */
  readonly changes: readonly RecordChange[];
  /** How many of the records have changed */
  readonly changedCount: number;

  constructor(version: number, changes: readonly RecordChange[], changedCount = 0) {
    super('stale', explainChanges(changes, changedCount));
    this.name = 'StaleError';
    this.version = version;
    this.changes = changes;
    this.changedCount = changedCount;
  }

  override toBody(): ErrorBody {
    const { code, message, version, changes } = this;
    return { code, message, version, changes: [...changes] };
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
  'Redis cannot be reached, so the holders of records are unknown. Nothing was changed. Try again in a moment.';
const NOT_ANSWERED =
  'Redis did not answer in time. The request may have succeeded nevertheless. Check the state before you try again.';

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return NOT_REACHED;
  // The message of ioredis for a command that was sent.
  if (cause.message === 'Command timed out') return NOT_ANSWERED;
  if (cause.name !== 'ReplyError') return NOT_REACHED;
  const [reason] = cause.message.split(/\.? script: /);
  return (
    `Redis answers and refuses (${reason}), so nothing can be locked or renewed. Nothing was changed. Try again in a moment. ` +
    'If it lasts, check the memory, disk, replicas and users of Redis.'
  );
}

function explainDeadlock(conflicts: readonly Conflict[]): string {
  const other = conflicts[0]?.lease.holder.label;
  return (
    `Waiting would never end: "${other}" holds some of these records and itself waits for records of this holder. ` +
    'Nothing was acquired. Release your records, or acquire all of them in one call.'
  );
}

function explainConflicts(conflicts: readonly Conflict[]): string {
  const total = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const first = conflicts[0];
  if (!first)
    return 'Somebody else is changing some of the records. Nothing was acquired. Try again when they are free.';
  const { holder } = first.lease;
  const others = conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : '';
  const records = total === 1 ? `${first.records[0]} is` : `${total} of the records are`;
  const by = first.isSameUser
    ? `you, in another tab ("${holder.label}")`
    : `"${holder.label}" (${holder.type} of ${holder.actor.name})`;
  return (
    `${records} held by ${by}${others}. ` +
    'Nothing was acquired. Wait until they are free, or continue without them.'
  );
}

const LOAD_AGAIN = 'Nothing was written. Load the data again, and repeat the change.';

function explainChanges(changes: readonly RecordChange[], changedCount: number): string {
  const newest = changes[0];
  if (!newest) {
    return (
      'It is unknown whether these records have changed since they were loaded, because their version is too old. ' +
      LOAD_AGAIN
    );
  }
  const records = changedCount === 1 ? `${newest.records[0]} has` : `${changedCount} of the records have`;
  const author = newest.how === 'task' ? 'a task' : (newest.actor?.name ?? 'somebody');
  const of = newest.how === 'task' && newest.actor ? ` of ${newest.actor.name}` : '';
  const last = changes.length > 1 ? ', last' : '';
  return `${records} changed since the data was loaded${last} by ${author}${of}. ${LOAD_AGAIN}`;
}
