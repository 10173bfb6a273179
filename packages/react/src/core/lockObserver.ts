/** `useTaskLock` without React: how a set of records stands for this tab, and this tab's lease on them. */
import type { Conflict, LockMode, RecordKey } from '@rowlock/protocol';
import type { AnyRowlockClient } from './client.ts';
import { listConflicts } from './conflicts.ts';
import { type FreedRecord, FreedRecords } from './freedRecords.ts';
import type { AcquireOutcome } from './leaseHandle.ts';
import { LeaseKeeper, type LeaseKeeperOptions } from './leaseKeeper.ts';
import { getStatus, isSameLocks, isSameState, type LockState, type LockStatus } from './lockState.ts';
import type { RecordLock } from './recordLock.ts';
import type { ReleaseOutcome } from './releaseRequests.ts';

export interface LockOptions extends LeaseKeeperOptions {
  /** Others have released records, and may have changed them */
  onFreed?: ((freed: FreedRecord[]) => void) | undefined;
}

export interface LockObserverOptions extends LockOptions {
  /** Default `exclusive` */
  mode?: LockMode;
}

export class LockObserver {
  readonly records: readonly RecordKey[];
  readonly #client: AnyRowlockClient;
  readonly #mode: LockMode;
  readonly #listeners = new Set<() => void>();
  readonly #keeper: LeaseKeeper;
  readonly #freedRecords = new FreedRecords();
  #onFreed: LockOptions['onFreed'];
  #last: LockState | undefined;

  constructor(
    client: AnyRowlockClient,
    records: readonly RecordKey[],
    { mode = 'exclusive', ...options }: LockObserverOptions = {},
  ) {
    this.#client = client;
    this.records = records;
    this.#mode = mode;
    this.#keeper = new LeaseKeeper({
      client,
      records,
      mode,
      getStatus: () => this.#getStatus(this.#readLocks()),
      onChange: () => this.#notify(),
    });
    this.setOptions(options);
  }

  /** Replaces the options. They count from the next request or call. */
  setOptions({ onFreed, ...options }: LockOptions): void {
    this.#onFreed = onFreed;
    this.#keeper.options = options;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#client.records.watch(this.records, () => {
      this.#keeper.reacquire();
      this.#noteFreed();
      listener();
    });
    // Without records, only the connection can change.
    const stopConnection = this.records.length === 0 ? this.#client.connection.onChange(listener) : () => {};
    return () => {
      this.#listeners.delete(listener);
      stop();
      stopConnection();
    };
  }

  /** The same object for as long as nothing that it shows has changed. */
  getState(): LockState {
    const last = this.#last;
    const read = this.#readLocks();
    const locks = last && isSameLocks(last.locks, read) ? last.locks : read;
    const status = this.#getStatus(locks);
    const { lease, isAcquiring, isRetrying, wait, lost, episode } = this.#keeper;
    const error =
      this.#client.records.findRefusal(this.records) ?? (status === 'held' ? undefined : this.#keeper.error);
    const next: LockState = {
      status,
      records: this.records,
      locks,
      conflicts: last?.locks === locks ? last.conflicts : this.#listConflicts(locks),
      isStale: this.#client.connection.status !== 'live' || locks.some((lock) => lock.isStale),
      isAcquiring,
      isWaiting: wait !== undefined,
      isRetrying,
      episode,
      ...(wait?.position !== undefined && { position: wait.position }),
      ...(lost && { lost }),
      ...(lease && { leaseId: lease.id }),
      ...(error && { error }),
    };
    if (last && isSameState(last, next)) return last;
    this.#last = next;
    return next;
  }

  /** Acquires one lease on all records, or none. Never rejects. */
  readonly acquire = (): Promise<AcquireOutcome> => this.#keeper.acquire();

  readonly release = (): Promise<void> => this.#keeper.release();

  /** Waits in the wait list, and acquires all records when it is its turn. Resolves at the end of the wait. Never rejects */
  readonly waitInLine = (): Promise<AcquireOutcome> => this.#keeper.waitInLine();

  readonly stopWaiting = (): Promise<void> => this.#keeper.stopWaiting();

  /** Ends the leases that block the records, and acquires the records. Never rejects */
  readonly takeOver = ({ reason }: { reason: string }): Promise<AcquireOutcome> =>
    this.#keeper.takeOver(reason);

  /** Asks the holder of a conflict to release its lease, and resolves to the answer. Never rejects */
  readonly requestRelease = (
    { lease, records }: Pick<Conflict, 'lease' | 'records'>,
    { message }: { message?: string | undefined } = {},
  ): Promise<ReleaseOutcome> =>
    this.#client.leases.requestRelease(lease.id, { records, ...(message && { message }) });

  /** Acquires the lease and keeps it, as `reacquire` says, until the returned function is called. */
  hold(): () => void {
    return this.#keeper.hold();
  }

  /** The owner goes: releases a lease that was acquired by hand. */
  detach(): void {
    this.#keeper.detach();
  }

  /** Until the returned function is called, `when-free` acquires nothing: a dialog asks the user what to do. */
  readonly pauseReacquire = (): (() => void) => this.#keeper.pauseReacquire();

  /** Also proves a lease that another part of this tab holds: every part that shows the records as held may write. */
  readonly headers = (): Record<string, string> => this.#client.leases.headers(this.records);

  #listConflicts(locks: readonly RecordLock[]): readonly Conflict[] {
    return listConflicts(this.records, locks, this.#mode, this.#client.connection.actor?.id);
  }

  #readLocks(): RecordLock[] {
    return this.records.map((key) => this.#client.records.getLock(key));
  }

  #getStatus(locks: readonly RecordLock[]): LockStatus {
    const { lease } = this.#keeper;
    if (lease) return lease.isConfirmed ? 'held' : 'pending';
    return getStatus(locks, this.#mode, () => this.#client.leases.holds(this.records, this.#mode));
  }

  #noteFreed(): void {
    const freed = this.#freedRecords.look(this.records, this.#readLocks());
    if (freed.length > 0) queueMicrotask(() => this.#onFreed?.(freed));
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
