/** `client.leases`: what an application does with the leases of this tab. */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { IdleWarning } from './idleness.ts';
import type { AcquireOutcome, LeaseOptions, TabLeaseHandle } from './leaseHandle.ts';
import type { IncomingReleaseRequest, ReleaseOutcome, ReleaseRequestOptions } from './releaseRequests.ts';

/** A lease in the hands of one owner, or the error. */
export type HeldOutcome = AcquireOutcome & { release(): Promise<void> };

export interface TakeOverOptions extends Omit<LeaseOptions, 'onConflict'> {
  /** For the users who lose the records, and for the audit trail */
  reason: string;
}

/** The leases of this tab. */
export interface TabLeases {
  /** Acquires one lease on the records, and holds it until `release`. With `wait` it resolves at the end of the wait. */
  acquire(records: readonly RecordKey[], options?: LeaseOptions): Promise<HeldOutcome>;
  /** The same at once: a handle on this tab's lease on exactly these records. Acquires it if the tab has no such lease. */
  hold(records: readonly RecordKey[], options?: LeaseOptions): TabLeaseHandle;
  /**
   * Ends the leases that block the records, and acquires the records in the same step. The application's `authorize` decides. A
   * lease with which this tab waits for the same records is replaced.
   */
  takeOver(records: readonly RecordKey[], options: TakeOverOptions): Promise<HeldOutcome>;
  /**
   * Asks the holder of a lease to release it, and resolves to the answer. The request survives a lost connection, and not a reload.
   * A task cannot be asked: cancel it.
   */
  requestRelease(leaseId: LeaseId, options: ReleaseRequestOptions): Promise<ReleaseOutcome>;
  /** Calls the listener with each open request to release a lease of this tab. Returns a function that stops it. */
  onReleaseRequested(listener: (request: IncomingReleaseRequest) => void): () => void;
  /** The open requests to release a lease of this tab, oldest first. The same array for as long as they are the same */
  readonly openReleaseRequests: readonly IncomingReleaseRequest[];
  /** Calls the listener when `openReleaseRequests` has changed, until the returned function is called. */
  onOpenReleaseRequests(listener: () => void): () => void;
  /** Whether this tab can prove one lease that covers all of these records in that mode. */
  holds(records: readonly RecordKey[], mode: LockMode): boolean;
  /**
   * The header that proves a lease to guarded routes: the lease of that id, or an exclusive one that covers all of the
   * records. Empty if this tab holds none.
   *
   * With `version`, also the headers of a write on data of that version: the server refuses it if somebody else has
   * changed a record since. Also without a lease, for example for a write that was delayed.
   */
  headers(
    wanted: LeaseId | readonly RecordKey[],
    data?: { version?: number | undefined },
  ): Record<string, string>;
  /**
   * The header that proves all leases of this tab to guarded routes, and names the screen that writes. Add it to every
   * request of the application, for example where it wraps `fetch`. Empty until the session is known, soon after the start
   */
  sessionHeaders(): Record<string, string>;
  /** The server's warning that the leases of this tab end soon, because nobody is active. Undefined without a warning */
  readonly idle: IdleWarning | undefined;
  /** Calls the listener when `idle` has changed, until the returned function is called. */
  onIdle(listener: (warning: IdleWarning | undefined) => void): () => void;
}
