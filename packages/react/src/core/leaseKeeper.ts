/** Acquires one lease on a set of records, keeps it while it is wanted, and acquires it again as `reacquire` says. */
import type { LeaseId, LockMode, OnConflict, RecordKey } from '@rowlock/protocol';
import type { AnyRowlockClient } from './client.ts';
import { CurrentLease } from './currentLease.ts';
import type { AcquireOutcome, LeaseState, Loss } from './leaseHandle.ts';
import { type LeaseCallbacks, LeaseReports } from './leaseReports.ts';
import type { LockStatus } from './lockState.ts';
import { judgeRefusal, type Reacquire } from './reacquire.ts';
import { Backoff } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';

export interface LeaseKeeperOptions extends LeaseCallbacks {
  /** Shown to others: "Edit Paris". Default: the actor's name */
  label?: string | undefined;
  /** Default `own` */
  reacquire?: Reacquire | undefined;
}

interface LeaseKeeperParts {
  client: AnyRowlockClient;
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
  readonly #current: CurrentLease;
  readonly #reports = new LeaseReports(() => this.options);
  #error: RowlockClientError | undefined;
  #lost: Loss | undefined;
  #isHolding = false;
  /** Held by `hold`, and not released by hand since */
  #isWanted = false;
  /** Somebody asks for the records, and not this class by itself */
  #mayMove = false;
  #pauseCount = 0;
  /** Rises when the owner goes or releases the lease: an answer that was under way then gives it none */
  #departureCount = 0;
  #episode = 0;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#current = new CurrentLease(parts.records);
    this.#backoff = new Backoff(parts.client.clock);
  }

  /** Why the last request was refused. */
  get error(): RowlockClientError | undefined {
    return this.#error;
  }

  /** The last request was refused for a cause that passes, and is sent again by itself. */
  get isRetrying(): boolean {
    return this.#isWanted && this.#error !== undefined && this.#judge(this.#error) === 'later';
  }

  /** How the lease was lost. Undefined after a release, and when it is held again. */
  get lost(): Loss | undefined {
    return this.#lost;
  }

  get episode(): number {
    return this.#episode;
  }

  get isAcquiring(): boolean {
    return this.#current.isAcquiring;
  }

  /** While it waits in the wait list: its position, if the server has confirmed it. */
  get wait(): { position: number | undefined } | undefined {
    return this.#current.wait;
  }

  /** The lease in hand, if it covers all records, and whether it cannot have expired yet. */
  get lease(): { id: LeaseId; isConfirmed: boolean } | undefined {
    const { inHand } = this.#current;
    return inHand && this.#current.coversAll ? inHand : undefined;
  }

  acquire(): Promise<AcquireOutcome> {
    this.#episode += 1;
    this.#isWanted = this.#isHolding;
    this.#mayMove = true;
    return this.#acquire();
  }

  /** Acquires the lease when it is its turn. Does nothing more if it is held or waits already. */
  async waitInLine(): Promise<AcquireOutcome> {
    this.#isWanted = this.#isHolding;
    this.#mayMove = true;
    const { outcome: underWay } = this.#current;
    if (this.isAcquiring && underWay) {
      // The request that is under way does not wait. If it is refused, the wait begins.
      const departures = this.#departureCount;
      const outcome = await underWay;
      if (departures !== this.#departureCount) return outcome;
    }
    return this.#acquire('wait');
  }

  /** Leaves the wait list. Does nothing if it does not wait. */
  async stopWaiting(): Promise<void> {
    if (this.wait) await this.release();
  }

  /** Ends the leases that block the records. A wait for them is replaced, or continues if the takeover is refused. */
  async takeOver(reason: string): Promise<AcquireOutcome> {
    const { client, records, mode } = this.#parts;
    const { label } = this.options;
    const departures = this.#departureCount;
    const taken = await client.leases.takeOver(records, {
      reason,
      mode,
      ...(label !== undefined && { label }),
    });
    if (taken.ok && departures === this.#departureCount) {
      this.#isWanted = this.#isHolding;
      this.#reports.noteInterrupted();
      await this.#acquire();
    }
    // The keeper has a handle of its own now, unless its owner has gone.
    await taken.release();
    return taken;
  }

  async release(): Promise<void> {
    this.#departureCount += 1;
    this.#lost = undefined;
    this.#isWanted = false;
    this.#backoff.reset();
    const released = this.#current.drop('now');
    this.#parts.onChange();
    await released;
  }

  /** Acquires the lease and keeps it until the returned function is called. It may be held again at any time. */
  hold(): () => void {
    this.#isHolding = true;
    void this.acquire();
    return () => {
      this.#isHolding = false;
      this.#isWanted = false;
      // Nothing is asked for any longer, so there is no refusal to explain.
      this.#error = undefined;
      this.#backoff.reset();
      this.detach();
      this.#parts.onChange();
    };
  }

  /** The owner goes: releases a lease that was acquired by hand. */
  detach(): void {
    this.#departureCount += 1;
    void this.#current.drop('soon');
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
    if (!this.#isWanted || !error || this.isAcquiring || this.wait) return;
    if (!this.#isLive() || this.#backoff.isPending) return;
    const when = this.#judge(error);
    if (when === 'later' || (when === 'when-free' && this.#parts.getStatus() === 'free'))
      void this.#acquire();
  }

  async #acquire(onConflict: OnConflict = 'refuse'): Promise<AcquireOutcome> {
    const { client, records, mode } = this.#parts;
    if (records.length === 0) {
      const message = 'There are no records to acquire. Pass at least one id.';
      return { ok: false, error: new RowlockClientError({ code: 'bad_request', message }) };
    }
    const { outcome: known } = this.#current;
    if (known && this.#current.coversAll) return known;

    void this.#current.drop('now');
    const { label } = this.options;
    const handle = client.leases.hold(records, {
      mode,
      moves: this.#mayMove,
      onConflict,
      ...(label !== undefined && { label }),
    });
    this.#current.begin(handle, (state) => this.#onState(state));
    this.#error = undefined;
    this.#parts.onChange();
    const outcome = await handle.settled;
    if (!this.#current.is(handle)) return outcome;
    if (outcome.ok) {
      this.#mayMove = false;
      this.#lost = undefined;
      this.#backoff.reset();
      this.#reports.noteAcquired(outcome.lease.id);
    } else {
      // The dialog that offered the wait may be closed by now: its refusal is explained again.
      if (onConflict === 'wait') this.#episode += 1;
      this.#onRefused(outcome.error);
    }
    return outcome;
  }

  #onRefused(error: RowlockClientError): void {
    this.#error = error;
    this.#reports.noteInterrupted();
    if (this.#isWanted && this.#isLive()) this.#retryLater(error);
    this.#parts.onChange();
  }

  #retryLater(error: RowlockClientError): void {
    const when = this.#judge(error);
    if (when === 'later') {
      this.#backoff.schedule(() => this.reacquire());
    } else if (when === 'when-free' && this.#parts.getStatus() === 'free') {
      // The view is behind the refusal, or the records are free already, or somebody waits for them. No change may follow.
      this.#backoff.schedule(() => {
        void this.#parts.client.records.lookAgain(this.#parts.records).then(() => this.reacquire());
      });
    }
  }

  #onState(state: LeaseState): void {
    if (state.kind === 'waiting') this.#reports.noteInterrupted();
    if (state.kind === 'lost') this.#onLost(state);
    this.#parts.onChange();
  }

  #onLost({ reason, by, why }: Loss): void {
    void this.#current.drop('now');
    this.#lost = { reason, ...(by && { by }), ...(why !== undefined && { why }) };
    this.#episode += 1;
    this.#reports.noteLost(reason);
    // Nobody is there. The form holds its rows again when somebody asks for them.
    if (reason === 'idle') this.#isWanted = false;
    if (this.#isWanted && this.#policy !== 'never') void this.#acquire();
  }

  get #policy(): Reacquire {
    return this.options.reacquire ?? 'own';
  }

  #judge(error: RowlockClientError): ReturnType<typeof judgeRefusal> {
    return judgeRefusal({ error, policy: this.#policy, isPaused: this.#pauseCount > 0 });
  }

  /** Without a connection there is nothing to wait for: its return makes the retry. */
  #isLive(): boolean {
    return this.#parts.client.connection.status === 'live';
  }
}
