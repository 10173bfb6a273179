/** The replies of the scripts that acquire records, and their meaning. */
import type { Conflict, RecordKey } from '@rowlock/protocol';
import { ConflictError, DeadlockError, RowlockError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Script } from '../../redis/scripts.ts';
import { type ConflictRow, readConflicts } from './leaseRow.ts';
import type { AcquiredLease, WaitingLease } from './requests.ts';

export type AcquireOutcome =
  | { kind: 'acquired'; lease: AcquiredLease; stepAnswer?: string }
  | { kind: 'waiting'; waiting: WaitingLease };

/**
 * A script that does more in the step in which it acquires records: acquire.lua with a front part, whose own arguments
 * come first. If the front part refuses, it answers `{ 'refused', … }`, and nothing was acquired.
 */
export interface AcquireStep {
  script: Script;
  args: readonly (string | number)[];
  /** The run hint of the script's connection, if that is not the registry's */
  runHint?: RunHint;
}

export type StepRefusal = { kind: 'refused'; why: readonly unknown[] };

/**
 * `stepAnswer` is the one-word answer of the front part. It is undefined if no single script could acquire the records, so
 * that the caller must do the step itself.
 */
export type StepOutcome = { kind: 'acquired'; lease: AcquiredLease; stepAnswer?: string } | StepRefusal;

export type AcquireReply =
  | ['acquired', notice: string, runId?: string, skipped?: RecordKey[], rows?: ConflictRow[]]
  | ['waiting', id: string, position: number, rows?: ConflictRow[], count?: number]
  | ['part', id: string, skipped: RecordKey[], rows: ConflictRow[]]
  | ['conflict' | 'deadlock', rows: ConflictRow[]]
  | ['grace', runId: string]
  | ['refused', ...why: unknown[]]
  | ['crowded' | 'broken' | 'busy' | 'lost' | 'empty'];

export function toWaitingLease(
  [, leaseId, position]: ['waiting', string, number, ...unknown[]],
  { secret, ttlMs }: { secret: string; ttlMs: number },
  conflicts: readonly Conflict[],
  conflictCount: number,
): WaitingLease {
  return { leaseId, secret, ttlMs, position, conflicts, conflictCount };
}

/** The error of a reply that is not a success. */
export function toAcquireError(reply: AcquireReply): Error {
  switch (reply[0]) {
    case 'conflict':
      return new ConflictError(readConflicts(reply[1]));
    case 'deadlock':
      return new DeadlockError(readConflicts(reply[1]));
    case 'crowded':
      return new RowlockError(
        'rate_limited',
        'More than 1,000 requests wait for records already. Nothing was locked; try again later.',
      );
    default:
      return new RowlockError(
        'internal',
        `A script of the lock registry gave an unexpected answer, "${reply[0]}". Nothing was locked. Check that all ` +
          'processes of this namespace run the same version of Rowlock.',
      );
  }
}
