/** A lease of this tab as its owners see it: its states, and the handle of one owner. */
import type {
  Conflict,
  LeaseLost,
  LeaseSecret,
  LockMode,
  LockScope,
  OnConflict,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { RowlockClientError } from './rowlockClientError.ts';

export interface LeaseOptions {
  /** Default `exclusive` */
  mode?: LockMode;
  /** `subtree`: also everything below the records. Default `record` */
  scope?: LockScope;
  /** Shown to others: "Edit Paris". Default: the actor's name */
  label?: string;
  /**
   * Whether it may take the records over from another tab of the same user, if the server lets the newest tab do so. False for a
   * request that you make without the user: two tabs would move them to and fro. Default true
   */
  moves?: boolean;
  /**
   * If some of the records are blocked. `refuse` (default): acquires nothing. `skip`: acquires the free ones, and `records` says
   * which. `wait`: gets a position in the wait list, and all of the records when they are free
   */
  onConflict?: OnConflict;
}

/** Why a lease ended that this tab did not release. */
export type LossReason = LeaseLost['reason'];

/** How a lease was lost. `by` and `why`: of a takeover. */
export interface Loss {
  reason: LossReason;
  by?: LeaseLost['by'];
  why?: string;
}

export type LeaseState =
  | { kind: 'acquiring' }
  /** Waits for its records. It ends with the tab, as a held lease does */
  | {
      kind: 'waiting';
      leaseSecret: LeaseSecret;
      /** Its position in the wait list; 1 is next. Undefined until the server has confirmed it after a reload */
      position: number | undefined;
      /** The leases that blocked it when it began to wait, or was resumed */
      conflicts: readonly Conflict[];
      /** The connection was lost or the page reloaded: the server has to confirm that it still waits */
      isResuming: boolean;
    }
  /** `conflicts`: with `skip`, the leases that block the other records */
  | { kind: 'held'; lease: OwnedLease; conflicts?: readonly Conflict[] }
  /** The connection was lost or the page reloaded: the server has to confirm the lease */
  | { kind: 'resuming'; leaseSecret: LeaseSecret }
  | { kind: 'refused'; error: RowlockClientError }
  | ({ kind: 'lost' } & Loss)
  | { kind: 'released' };

/** The outcome of `acquire`. */
export type AcquireOutcome =
  | {
      ok: true;
      lease: OwnedLease;
      /** The records that were acquired: with `skip` perhaps not all */
      records: readonly RecordKey[];
      /** With `skip`: the leases that block the others */
      conflicts: readonly Conflict[];
    }
  | { ok: false; error: RowlockClientError };

/** The outcome of a request that has nothing to answer but an error. */
export type LeaseOutcome = { ok: true } | { ok: false; error: RowlockClientError };

/** One owner's handle on a lease. Several owners in a tab can have the same lease. */
export interface TabLeaseHandle {
  /** The records that the lease covers or waits for. With `skip`: the acquired ones, as soon as the lease is held */
  readonly records: readonly RecordKey[];
  getState(): LeaseState;
  /** False if the lease may have expired by now, since the server has not confirmed it within its TTL */
  isConfirmed(): boolean;
  /** The first answer. Of a lease that waits: the end of the wait */
  settled: Promise<AcquireOutcome>;
  subscribe(listener: () => void): () => void;
  /**
   * Adds records to the lease, for all of its owners, in its own scope. `skip`: the free ones. `records` of the outcome: those
   * of the request that the lease covers now. Only a held lease can be extended, and it never waits.
   */
  extend(
    records: readonly RecordKey[],
    options?: { onConflict?: 'refuse' | 'skip' },
  ): Promise<AcquireOutcome>;
  /** Releases some of the records, for all owners of the lease. Without any left, the lease ends. */
  releaseRecords(records: readonly RecordKey[]): Promise<LeaseOutcome>;
  /**
   * Gives up this handle. The lease is released with its last handle: at once, or after 250 ms. A component that mounts
   * again in between finds the lease still in force.
   */
  release(when: 'now' | 'soon'): Promise<void>;
}

/** The request of the owners of one lease. */
export interface LeaseWish {
  records: readonly RecordKey[];
  mode: LockMode;
  scope: LockScope;
  label: string | undefined;
  onConflict: OnConflict;
}

/**
 * Requests for the same records in the same mode and scope have one lease, which the first of them asks for. With `skip` a lease
 * may cover less, so it serves no other request.
 */
export const getTabLeaseId = ({
  records,
  mode,
  scope,
  onConflict,
}: Pick<LeaseWish, 'records' | 'mode' | 'scope' | 'onConflict'>): string =>
  [`${mode} ${scope}${onConflict === 'skip' ? ' skip' : ''}`, ...[...new Set(records)].sort()].join('\n');

/** Id and secret, by which the server knows the lease's owner. Also of a lease that waits. */
export function findLeaseSecret(state: LeaseState): LeaseSecret | undefined {
  switch (state.kind) {
    case 'held':
      return { leaseId: state.lease.id, secret: state.lease.secret };
    case 'resuming':
    case 'waiting':
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

/** The same, of a lease that covers its records. */
export const findHeldSecret = (state: LeaseState): LeaseSecret | undefined =>
  state.kind === 'waiting' ? undefined : findLeaseSecret(state);

/** The same, of a lease that the server has to confirm on a new connection. */
export const findResumed = (state: LeaseState): LeaseSecret | undefined =>
  state.kind === 'resuming' || (state.kind === 'waiting' && state.isResuming) ? state.leaseSecret : undefined;
