/** The lease that an owner has in hand or has asked for: one handle at a time, and what it shows. */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import type { AcquireOutcome, LeaseState, TabLeaseHandle } from './leaseHandle.ts';

export class CurrentLease {
  #handle: TabLeaseHandle | undefined;
  #stopListening = () => {};
  /** The records at the last look, and whether they were enough: most looks find the same list */
  #lastCovered: readonly RecordKey[] | undefined;
  #coversAll = false;
  readonly #records: readonly RecordKey[];

  constructor(records: readonly RecordKey[]) {
    this.#records = records;
  }

  get isAcquiring(): boolean {
    return this.#handle?.getState().kind === 'acquiring';
  }

  /** While it waits: its position, unless the server has still to confirm it after a reload. */
  get wait(): { position: number | undefined } | undefined {
    const state = this.#handle?.getState();
    return state?.kind === 'waiting' ? { position: state.position } : undefined;
  }

  /** The lease in hand, and whether it cannot have expired yet. */
  get inHand(): { id: LeaseId; isConfirmed: boolean } | undefined {
    const state = this.#handle?.getState();
    const isConfirmed = this.#handle?.isConfirmed() ?? false;
    if (state?.kind === 'held') return { id: state.lease.id, isConfirmed };
    return state?.kind === 'resuming' ? { id: state.leaseSecret.leaseId, isConfirmed } : undefined;
  }

  /** The outcome of the request that was made last, while it is under way or its lease is in hand. */
  get outcome(): Promise<AcquireOutcome> | AcquireOutcome | undefined {
    const handle = this.#handle;
    const state = handle?.getState();
    switch (state?.kind) {
      case 'held':
        return { ok: true, lease: state.lease, records: handle!.records, conflicts: state.conflicts ?? [] };
      case 'acquiring':
      case 'waiting':
      case 'resuming':
        return handle!.settled;
      default:
        return undefined;
    }
  }

  /** False if another owner of the lease has released some of the records. */
  get coversAll(): boolean {
    const covered = this.#handle?.records ?? [];
    if (covered !== this.#lastCovered) {
      this.#lastCovered = covered;
      const keys = new Set(covered);
      this.#coversAll = this.#records.every((key) => keys.has(key));
    }
    return this.#coversAll;
  }

  is(handle: TabLeaseHandle): boolean {
    return handle === this.#handle;
  }

  /** `onState` is called at each change of the state, as long as the handle is the current one. */
  begin(handle: TabLeaseHandle, onState: (state: LeaseState) => void): void {
    this.#handle = handle;
    this.#stopListening = handle.subscribe(() => {
      if (this.is(handle)) onState(handle.getState());
    });
  }

  drop(when: 'now' | 'soon'): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#stopListening();
    this.#stopListening = () => {};
    return handle ? handle.release(when) : Promise.resolve();
  }
}
