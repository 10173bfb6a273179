/** Reports to the owner of a lease that it was acquired, for the first time or again, and that it was lost. */
import type { LeaseId } from '@rowlock/protocol';
import type { LossReason } from './leaseHandle.ts';

export interface Acquired {
  /**
   * False for the first lease. True after a loss, a refusal, a wait or a takeover: somebody may have changed the records
   * meanwhile, so read them again
   */
  isAgain: boolean;
}

export interface LeaseCallbacks {
  /** A lease is in hand. Not called for a lease that survived a reconnect */
  onAcquired?: ((acquired: Acquired) => void) | undefined;
  /** The lease ended without a release by this tab */
  onLost?: ((reason: LossReason) => void) | undefined;
}

export class LeaseReports {
  readonly #getCallbacks: () => LeaseCallbacks;
  #lastLeaseId: LeaseId | undefined;
  #wasInterrupted = false;

  /** @param getCallbacks  Asked at each call */
  constructor(getCallbacks: () => LeaseCallbacks) {
    this.#getCallbacks = getCallbacks;
  }

  noteAcquired(leaseId: LeaseId): void {
    // The same lease was only passed from one mount of the component to the next.
    if (leaseId === this.#lastLeaseId) return;
    const isAgain = this.#lastLeaseId !== undefined || this.#wasInterrupted;
    this.#lastLeaseId = leaseId;
    // As a task of its own: an error in the callback is the application's, and reaches its error handlers.
    queueMicrotask(() => this.#getCallbacks().onAcquired?.({ isAgain }));
  }

  /** Others had the records, and may have changed them: a refusal, a wait, or a takeover. */
  noteInterrupted(): void {
    this.#wasInterrupted = true;
  }

  noteLost(reason: LossReason): void {
    this.#wasInterrupted = true;
    queueMicrotask(() => this.#getCallbacks().onLost?.(reason));
  }
}
