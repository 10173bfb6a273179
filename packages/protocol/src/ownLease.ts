/** Leases as their own holder sees them over HTTP. */
import type { Conflict } from './conflict.ts';
import type { LeaseView, OwnedLease, OwnedWaitingLease } from './lease.ts';
import type { RecordKey } from './recordKey.ts';

/** A lease of a client that has acquired it, or waits for its records. */
export interface LeaseStanding {
  /** In force */
  lease?: OwnedLease;
  /** Instead of `lease`: it waits for its records */
  waiting?: OwnedWaitingLease;
}

/** The answer to a request for records. */
export interface LeaseAnswer {
  /** In force */
  lease?: OwnedLease;
  /** Instead of `lease`: it waits for its records */
  waiting?: OwnedWaitingLease;
  /** The records that the lease got, or waits for */
  records: readonly RecordKey[];
  /** With `skip`: the leases that block the other records. With `wait`: those that it waits for */
  conflicts: readonly Conflict[];
}

/** A lease of the session, in force or waiting. */
export interface OwnLease {
  lease: LeaseView;
  /** True while it waits for its records */
  isWaiting: boolean;
  /** The records that it covers, or waits for */
  records: readonly RecordKey[];
}

/** The rest of a lease after a release. */
export interface LeaseRest {
  /** How many records it still covers. 0: it has ended */
  recordCount: number;
}
