/** A lease of this tab as its owners see it: its states, and the handle of one owner. */
import type { LeaseLost, LeaseSecret, LockMode, OwnedLease, RecordKey } from '@rowlock/protocol';
import type { RowlockClientError } from './rowlockClientError.ts';

export interface LeaseOptions {
  /** Default `exclusive` */
  mode?: LockMode;
  /** Shown to others: "Edit Paris". Default: the actor's name */
  label?: string;
  /**
   * Whether it may take the records over from another tab of the same user, if the server lets the newest tab do so. False for a
   * request that you make without the user: two tabs would move them to and fro. Default true
   */
  moves?: boolean;
}

/** Why a lease ended that this tab did not release. */
export type LossReason = LeaseLost['reason'];

export type LeaseState =
  | { kind: 'acquiring' }
  | { kind: 'held'; lease: OwnedLease }
  /** The connection was lost or the page reloaded: the server has to confirm the lease */
  | { kind: 'resuming'; leaseSecret: LeaseSecret }
  | { kind: 'refused'; error: RowlockClientError }
  | { kind: 'lost'; reason: LossReason }
  | { kind: 'released' };

/** The outcome of `acquire`. */
export type AcquireOutcome = { ok: true; lease: OwnedLease } | { ok: false; error: RowlockClientError };

/** One owner's handle on a lease. Several owners in a tab can have the same lease. */
export interface TabLeaseHandle {
  readonly records: readonly RecordKey[];
  getState(): LeaseState;
  /** False if the lease may have expired by now, since the server has not confirmed it within its TTL */
  isConfirmed(): boolean;
  /** The first answer */
  settled: Promise<AcquireOutcome>;
  subscribe(listener: () => void): () => void;
  /**
   * Gives up this handle. The lease is released with its last handle: at once, or after 250 ms. A component that mounts
   * again in between finds the lease still in force.
   */
  release(when: 'now' | 'soon'): Promise<void>;
}

/** Requests for the same records in the same mode have one lease. */
export const getTabLeaseId = (records: readonly RecordKey[], mode: LockMode): string =>
  `${mode}\n${[...new Set(records)].sort().join('\n')}`;

/** Id and secret, by which the server knows the lease's owner. */
export function findLeaseSecret(state: LeaseState): LeaseSecret | undefined {
  switch (state.kind) {
    case 'held':
      return { leaseId: state.lease.id, secret: state.lease.secret };
    case 'resuming':
      return state.leaseSecret;
    case 'acquiring':
    case 'refused':
    case 'lost':
    case 'released':
      return undefined;
    default: {
      const impossible: never = state;
      throw new TypeError(`Impossible state of a lease: ${JSON.stringify(impossible)}.`);
    }
  }
}
