/** What `useTaskLock` is without React: how a set of records stands for this tab, and this tab's lease on them. */
import type { Conflict, ErrorBody, LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { AcquireResult, Claim } from './claim.ts';
import type { RowlockClient } from './client.ts';
import { conflictsAmong } from './conflicts.ts';
import { isBlocked, type RecordLock } from './recordLock.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';

/**
 * - `pending`: the server has not answered yet
 * - `free`: nothing blocks the records
 * - `held`: this tab holds one lease on all of them, and can prove it
 * - `partly-blocked`: leases of others block some of them
 * - `blocked`: leases of others block all of them
 */
export type LockStatus = 'pending' | 'free' | 'held' | 'partly-blocked' | 'blocked';

export interface LockSnapshot {
  status: LockStatus;
  /** In the order of the observer's records */
  locks: readonly RecordLock[];
  /** Every lease of others in the way, with which of the records it covers */
  conflicts: readonly Conflict[];
  isStale: boolean;
  /** An `acquire` is awaiting its answer */
  isAcquiring: boolean;
  /** The lease in hand. Another one than before means that the records were out of hand: read them again */
  leaseId?: LeaseId;
  /** Why the last `acquire` was refused, or why the records may not be watched */
  error?: ErrorBody;
}

export interface LockObserverOptions {
  mode?: LockMode;
  label?: string;
}

export class LockObserver {
  readonly records: readonly RecordKey[];
  readonly #client: RowlockClient;
  readonly #mode: LockMode;
  readonly #listeners = new Set<() => void>();
  readonly #backoff: Backoff;
  #label: string | undefined;
  #claim: Claim | undefined;
  #stopClaim = () => {};
  #error: ErrorBody | undefined;
  #keepsHeld = false;
  #last: LockSnapshot | undefined;

  constructor(client: RowlockClient, records: readonly RecordKey[], options: LockObserverOptions = {}) {
    this.#client = client;
    this.records = records;
    this.#mode = options.mode ?? 'exclusive';
    this.#label = options.label;
    this.#backoff = new Backoff(client.clock);
  }

  setLabel(label: string | undefined): void {
    this.#label = label;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#client.watchRecords(this.records, () => {
      this.#reacquire();
      listener();
    });
    // Records that are watched by none still depend on the connection.
    const stopConnection = this.records.length === 0 ? this.#client.onConnectionChange(listener) : () => {};
    return () => {
      this.#listeners.delete(listener);
      stop();
      stopConnection();
    };
  }

  /** The same object for as long as nothing that it shows has changed. */
  snapshot(): LockSnapshot {
    const locks = this.records.map((key) => this.#client.lockOf(key));
    const isAcquiring = this.#claim?.state().kind === 'acquiring';
    const leaseId = this.#leaseId();
    const status = this.#statusOf(locks);
    const error = this.#client.refusal(this.records) ?? (status === 'held' ? undefined : this.#error);
    const isStale = this.#client.connection.status !== 'live' || locks.some((lock) => lock.isStale);
    const last = this.#last;
    const sameLocks =
      last !== undefined &&
      last.locks.length === locks.length &&
      locks.every((lock, index) => lock === last.locks[index]);
    if (
      sameLocks &&
      last.status === status &&
      last.isStale === isStale &&
      last.isAcquiring === isAcquiring &&
      last.leaseId === leaseId &&
      last.error === error
    ) {
      return last;
    }
    const conflicts = sameLocks ? last.conflicts : conflictsAmong(this.records, locks, this.#mode);
    this.#last = {
      status,
      locks: sameLocks ? last.locks : locks,
      conflicts,
      isStale,
      isAcquiring,
      ...(leaseId !== undefined && { leaseId }),
      ...(error && { error }),
    };
    return this.#last;
  }

  async acquire(): Promise<AcquireResult> {
    if (this.records.length === 0) {
      const message = 'There are no records to acquire. Pass at least one id.';
      return { ok: false, error: { code: 'bad_request', message } };
    }
    const state = this.#claim?.state();
    if (this.#claim && (state?.kind === 'acquiring' || state?.kind === 'resuming'))
      return this.#claim.settled;
    if (state?.kind === 'held') return { ok: true, lease: state.lease };

    this.#drop('now');
    const claim = this.#client.claim(this.records, {
      mode: this.#mode,
      ...(this.#label !== undefined && { label: this.#label }),
    });
    this.#claim = claim;
    this.#error = undefined;
    this.#stopClaim = claim.subscribe(() => this.#onClaim(claim));
    this.#notify();
    const result = await claim.settled;
    if (this.#claim !== claim) return result;
    if (result.ok) this.#backoff.reset();
    else {
      this.#error = result.error;
      this.#retryLater(result.error);
      this.#notify();
    }
    return result;
  }

  async release(): Promise<void> {
    this.#keepsHeld = false;
    this.#backoff.reset();
    const done = this.#drop('now');
    this.#notify();
    await done;
  }

  /** Holds the records for as long as the returned function is not called: acquires, and again after a loss. */
  keepHeld(): () => void {
    this.#keepsHeld = true;
    void this.acquire();
    return () => {
      this.#keepsHeld = false;
      this.#backoff.reset();
      void this.#drop('soon');
    };
  }

  /** Leaves a lease that was acquired by hand, when its owner goes. */
  detach(): void {
    void this.#drop('soon');
  }

  /** Also of a lease that another part of this tab holds: every part that shows the records as held may write. */
  headers(): Record<string, string> {
    return this.#client.leaseHeaders(this.records);
  }

  #leaseId(): LeaseId | undefined {
    const state = this.#claim?.state();
    if (state?.kind === 'held') return state.lease.id;
    return state?.kind === 'resuming' ? state.leaseSecret.leaseId : undefined;
  }

  #statusOf(locks: readonly RecordLock[]): LockStatus {
    const claimed = this.#claim?.state().kind;
    if (claimed === 'held' || claimed === 'resuming') return this.#claim?.isConfirmed() ? 'held' : 'pending';
    if (locks.some((lock) => lock.kind === 'unknown')) return 'pending';
    const blocked = locks.filter((lock) => isBlocked(lock, this.#mode)).length;
    if (blocked === 0) {
      const isHeld =
        locks.every((lock) => lock.kind === 'held') && this.#client.holds(this.records, this.#mode);
      return isHeld ? 'held' : 'free';
    }
    return blocked === locks.length ? 'blocked' : 'partly-blocked';
  }

  #onClaim(claim: Claim): void {
    if (claim !== this.#claim) return;
    const state = claim.state();
    if (state.kind === 'lost') {
      void this.#drop('now');
      if (this.#keepsHeld) void this.acquire();
    }
    this.#notify();
  }

  /** While there is no connection, its return makes the retry, which nobody should wait longer for. */
  #retryLater(error: ErrorBody): void {
    if (this.#keepsHeld && !isFinalRefusal(error) && this.#client.connection.status === 'live') {
      this.#backoff.schedule(() => this.#reacquire());
    }
  }

  /**
   * A lock that is to be kept is acquired again after a refusal that is not final, and once this user's own other tab
   * has released it. After somebody else's change it is not: what the form shows may then be out of date.
   */
  #reacquire(): void {
    const error = this.#error;
    if (!this.#keepsHeld || !error || this.#claim?.state().kind === 'acquiring') return;
    if (this.#client.connection.status !== 'live' || this.#backoff.isPending) return;
    const isFreedByOwnTab =
      error.code === 'conflict' &&
      this.#isOwnDoing(error) &&
      this.#statusOf(this.snapshot().locks) === 'free';
    if (!isFinalRefusal(error) || isFreedByOwnTab) void this.acquire();
  }

  #isOwnDoing(error: ErrorBody): boolean {
    const me = this.#client.actor?.id;
    const holders = (error.conflicts ?? []).map((conflict) => conflict.lease.holder);
    return (
      holders.length > 0 && holders.every((holder) => holder.type === 'person' && holder.actor.id === me)
    );
  }

  #drop(when: 'now' | 'soon'): Promise<void> {
    const claim = this.#claim;
    this.#claim = undefined;
    this.#stopClaim();
    this.#stopClaim = () => {};
    return claim ? claim.release(when) : Promise.resolve();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
