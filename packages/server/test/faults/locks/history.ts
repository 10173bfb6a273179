/**
 * The operations of clients on locks, as each client has seen them. `checkHistory` judges them.
 *
 * All times are ms of the machine's monotonic clock (`nowMs`), which all its processes share. A jump of the wall clock
 * does not change them. A call that has not ended has no operation. If its client was killed, there is `killed` instead.
 */
import type { LeaseId, LockMode, LockScope, RecordKey } from '@rowlock/protocol';

/** Monotonic ms since the machine's start, the same in every process. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A lease that a refusal names. */
export interface Named {
  leaseId: LeaseId;
  holderId: string;
}

export type Refused = { kind: 'refused'; named: readonly Named[] };
/** The effect is unknown: the call may have been carried out, or still be carried out later. */
export type Unanswered = { kind: 'unanswered' };
/** Nothing was done: the lease was lost before, or Redis has just restarted and serves only earlier holders. */
export type Denied = { kind: 'denied'; why: 'lost' | 'restart grace' };

interface Call {
  client: string;
  beginMs: number;
  endMs: number;
}

export interface Acquire extends Call {
  verb: 'acquire';
  /** Of this attempt alone, so that a lease that a refusal names belongs to exactly one attempt */
  holderId: string;
  records: readonly RecordKey[];
  mode: LockMode;
  scope: LockScope;
  onConflict: 'refuse' | 'skip' | 'wait';
  answer:
    | { kind: 'acquired'; leaseId: LeaseId; fence: string; skipped: readonly RecordKey[] }
    | Refused
    | Denied
    | Unanswered;
}

export interface Extend extends Call {
  verb: 'extend';
  leaseId: LeaseId;
  records: readonly RecordKey[];
  answer: { kind: 'acquired'; fence: string } | Refused | Denied | Unanswered;
}

export interface Free extends Call {
  verb: 'free';
  leaseId: LeaseId;
  records: readonly RecordKey[];
  answer: { kind: 'done' } | Denied | Unanswered;
}

export interface Release extends Call {
  verb: 'release';
  leaseId: LeaseId;
  /** `over`: it is no longer in force, and may have ended before this call */
  answer: { kind: 'done' } | { kind: 'over' } | Denied | Unanswered;
}

export interface Transfer extends Call {
  verb: 'transfer';
  leaseId: LeaseId;
  toHolderId: string;
  answer: { kind: 'acquired'; fence: string } | Denied | Unanswered;
}

/** Reads a counter and writes the next value, under a fence. */
export interface Write extends Call {
  verb: 'write';
  counter: string;
  fence: string;
  read: number;
  /** `fenced`: refused, since the counter has a higher fence */
  answer: { kind: 'done' } | { kind: 'fenced' } | Unanswered;
}

/** The holder was certain of its lease until then: its signal had not aborted. */
interface Certain {
  verb: 'certain';
  client: string;
  leaseId: LeaseId;
  atMs: number;
}

interface Killed {
  verb: 'killed';
  client: string;
  atMs: number;
}

/** Redis was stopped and has restarted with its saved data. The newest writes may be lost (`isLossy`). */
export interface Restart {
  verb: 'restart';
  beginMs: number;
  endMs: number;
  isLossy: boolean;
}

export type Operation = Acquire | Extend | Free | Release | Transfer | Write | Certain | Killed | Restart;

export const beginOf = (operation: Operation): number =>
  'atMs' in operation ? operation.atMs : operation.beginMs;
export const endOf = (operation: Operation): number =>
  'atMs' in operation ? operation.atMs : operation.endMs;
