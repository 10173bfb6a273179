/** Acquires one lease on a set of records, keeps it while it is wanted, and acquires it again as `reacquire` says. */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { RowlockClient } from './client.ts';
import type { AcquireOutcome, LossReason, TabLeaseHandle } from './leaseHandle.ts';
import type { LockStatus } from './lockState.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';

/**
 * - `never`: a lease that was lost stays lost, and so does a request that met a conflict
 * - `own`: after a loss (a sleep, an outage) the lease is acquired again, if nobody else holds the records by then. After a
 *   conflict with another tab of the same user it is acquired when that tab has released the records
 * - `when-free`: also after a conflict with somebody else, when the records are free
 */
export type Reacquire = 'never' | 'own' | 'when-free';

export interface Acquired {
  /**
   * False for the first lease. True after a loss or a refusal: somebody may have changed the records meanwhile, so read
   * them again
   */
  isAgain: boolean;
}

export interface LeaseKeeperOptions {
  /** Shown to others: "Edit Paris". Default: the actor's name */
  label?: string | undefined;
  /** Default `own` */
  reacquire?: Reacquire | undefined;
  /** A lease is in hand. Not called for a lease that survived a reconnect */
  onAcquired?: ((acquired: Acquired) => void) | undefined;
  /** The lease ended without a release by this tab */
  onLost?: ((reason: LossReason) => void) | undefined;
}

interface LeaseKeeperParts {
  client: RowlockClient;
  records: readonly RecordKey[];
  mode: LockMode;
  getStatus: () => LockStatus;
  onChange: () => void;
}

export class LeaseKeeper {
  /** The options count at each call: change them at any time */
  options: LeaseKeeperOptions = {};
  readonly #parts: LeaseKeeperParts;
  readonly #backoff: Backoff;
  #handle: TabLeaseHandle | undefined;
  #stopListening = () => {};
  #error: RowlockClientError | undefined;
  #isHolding = false;
  /** Held by `hold`, and not released by hand since */
  #isWanted = false;
  #wasInterrupted = false;
  #lastLeaseId: LeaseId | undefined;
  #pauseCount = 0;
  #episode = 0;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.client.clock);
  }

  /** Why the last request was refused. */
  get error(): RowlockClientError | undefined {
    return this.#error;
  }

  get episode(): number {
    return this.#episode;
  }

  get isAcquiring(): boolean {
    return this.#handle?.getState().kind === 'acquiring';
  }

  /** The lease in hand, and whether it cannot have expired yet. */
  get lease(): { id: LeaseId; isConfirmed: boolean } | undefined {
    const state = this.#handle?.getState();
    const isConfirmed = this.#handle?.isConfirmed() ?? false;
    if (state?.kind === 'held') return { id: state.lease.id, isConfirmed };
    return state?.kind === 'resuming' ? { id: state.leaseSecret.leaseId, isConfirmed } : undefined;
  }

  acquire(): Promise<AcquireOutcome> {
    this.#episode += 1;
    this.#isWanted = this.#isHolding;
    return this.#acquire();
  }

  async release(): Promise<void> {
    this.#isWanted = false;
    this.#backoff.reset();
    const released = this.#drop('now');
    this.#parts.onChange();
    await released;
  }

  /** Acquires the lease and keeps it until the returned function is called. */
  hold(): () => void {
    this.#isHolding = true;
    void this.acquire();
    return () => {
      this.#isHolding = false;
      this.#isWanted = false;
      this.#backoff.reset();
      void this.#drop('soon');
    };
  }

  /** The owner goes: releases a lease that was acquired by hand. */
  detach(): void {
    void this.#drop('soon');
  }

  /** Until the returned function is called, `when-free` acquires nothing: a dialog asks the user what to do. */
  pauseReacquire(): () => void {
    this.#pauseCount += 1;
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      this.#pauseCount -= 1;
      this.reacquire();
    };
  }

  /** Something has changed that may allow to acquire again what is wanted. */
  reacquire(): void {
    const error = this.#error;
    if (!this.#isWanted || !error || this.isAcquiring) return;
    if (!this.#isLive() || this.#backoff.isPending) return;
    if (!isFinalRefusal(error) || (this.#waitsUntilFree(error) && this.#parts.getStatus() === 'free')) {
      void this.#acquire();
    }
  }

  async #acquire(): Promise<AcquireOutcome> {
    const { client, records, mode } = this.#parts;
    if (records.length === 0) {
      const message = 'There are no records to acquire. Pass at least one id.';
      return { ok: false, error: new RowlockClientError({ code: 'bad_request', message }) };
    }
    const state = this.#handle?.getState();
    if (this.#handle && (state?.kind === 'acquiring' || state?.kind === 'resuming')) {
      return this.#handle.settled;
    }
    if (state?.kind === 'held') return { ok: true, lease: state.lease };

    void this.#drop('now');
    const { label } = this.options;
    const handle = client.leases.hold(records, { mode, ...(label !== undefined && { label }) });
    this.#handle = handle;
    this.#error = undefined;
    this.#stopListening = handle.subscribe(() => this.#onState(handle));
    this.#parts.onChange();
    const outcome = await handle.settled;
    if (this.#handle !== handle) return outcome;
    if (outcome.ok) this.#onAcquired(outcome.lease.id);
    else this.#onRefused(outcome.error);
    return outcome;
  }

  #onAcquired(leaseId: LeaseId): void {
    this.#backoff.reset();
    // The same lease was only passed from one mount of the component to the next.
    if (leaseId === this.#lastLeaseId) return;
    const isAgain = this.#lastLeaseId !== undefined || this.#wasInterrupted;
    this.#lastLeaseId = leaseId;
    // As a task of its own: an error in the callback is the application's, and reaches its error handlers.
    queueMicrotask(() => this.options.onAcquired?.({ isAgain }));
  }

  #onRefused(error: RowlockClientError): void {
    this.#error = error;
    this.#wasInterrupted = true;
    if (this.#isWanted && this.#isLive()) this.#retryLater(error);
    this.#parts.onChange();
  }

  #retryLater(error: RowlockClientError): void {
    if (!isFinalRefusal(error)) {
      this.#backoff.schedule(() => this.reacquire());
    } else if (this.#waitsUntilFree(error) && this.#parts.getStatus() === 'free') {
      // The view is behind the refusal, or the records are free already, or somebody waits for them. No change may follow.
      this.#backoff.schedule(() => {
        void this.#parts.client.records.lookAgain(this.#parts.records).then(() => this.reacquire());
      });
    }
  }

  #onState(handle: TabLeaseHandle): void {
    if (handle !== this.#handle) return;
    const state = handle.getState();
    if (state.kind === 'lost') this.#onLost(state.reason);
    this.#parts.onChange();
  }

  #onLost(reason: LossReason): void {
    void this.#drop('now');
    this.#wasInterrupted = true;
    this.#episode += 1;
    queueMicrotask(() => this.options.onLost?.(reason));
    if (this.#isWanted && this.#policy !== 'never') void this.#acquire();
  }

  get #policy(): Reacquire {
    return this.options.reacquire ?? 'own';
  }

  /** Whether the policy acquires the records again when they are free after this refusal. */
  #waitsUntilFree(error: RowlockClientError): boolean {
    if (error.code !== 'conflict' || this.#policy === 'never') return false;
    if (this.#isBlockedByOwnTabs(error)) return true;
    return this.#policy === 'when-free' && this.#pauseCount === 0;
  }

  #isBlockedByOwnTabs({ conflicts }: RowlockClientError): boolean {
    const userId = this.#parts.client.connection.actor?.id;
    const holders = conflicts.map((conflict) => conflict.lease.holder);
    return (
      holders.length > 0 && holders.every((holder) => holder.type === 'person' && holder.actor.id === userId)
    );
  }

  /** Without a connection there is nothing to wait for: its return makes the retry. */
  #isLive(): boolean {
    return this.#parts.client.connection.status === 'live';
  }

  #drop(when: 'now' | 'soon'): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#stopListening();
    this.#stopListening = () => {};
    return handle ? handle.release(when) : Promise.resolve();
  }
}
