/**
 * What clients did with locks, as each has seen it itself: the material of `checkHistory`.
 *
 * All times are ms of the machine's monotonic clock (`nowMs`), which all of its processes share; a wall clock that is
 * moved moves nothing here. A call that was never answered has no operation: of a killed client there is `killed`.
 */
import type { LeaseId, LockMode, LockScope, RecordKey } from '@rowlock/protocol';

/** Monotonic ms since the machine's start, the same in every process. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A lease that a refusal has named. */
export interface Named {
  leaseId: LeaseId;
  holderId: string;
}

export type Refused = { kind: 'refused'; named: readonly Named[] };
/** Nothing is known: it may have been done, or may yet be. */
export type Unanswered = { kind: 'unanswered' };
/** Nothing was done: the lease was lost before, or Redis had just started anew and serves nobody else yet. */
export type Denied = { kind: 'denied'; why: 'lost' | 'grace' };

interface Call {
  client: string;
  beginMs: number;
  endMs: number;
}

export interface Acquire extends Call {
  verb: 'acquire';
  /** Of this attempt alone, so that whoever is refused can be told from all others */
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
  /** `over`: it is not in force any more, and may have ended before this call */
  answer: { kind: 'done' } | { kind: 'over' } | Denied | Unanswered;
}

export interface Transfer extends Call {
  verb: 'transfer';
  leaseId: LeaseId;
  toHolderId: string;
  answer: { kind: 'acquired'; fence: string } | Denied | Unanswered;
}

/** Reads a counter, and writes one more, under a fence. */
export interface Write extends Call {
  verb: 'write';
  counter: string;
  fence: string;
  read: number;
  /** `fenced`: refused, since a higher fence has been there */
  answer: { kind: 'done' } | { kind: 'fenced' } | Unanswered;
}

/** The holder had no reason to doubt its lease until then: its signal had not aborted. */
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

/** Redis was away and has come back with what it had kept: perhaps without its newest writes. */
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
