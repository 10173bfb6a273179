/** Keeps all leases of this tab: changes their states, stores them for a reload, and notifies their owners. */
import type {
  Conflict,
  LeaseId,
  LeaseLost,
  OwnedLease,
  OwnedWaitingLease,
  RecordKey,
} from '@rowlock/protocol';
import { findLeaseSecret, getTabLeaseId, type LeaseState, type LeaseWish } from './leaseHandle.ts';
import type { LeaseStorage, StoredLease } from './leaseStorage.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { createTabLease, getStoredLease, setLeaseState, type TabLease } from './tabLease.ts';

export interface LeaseBookOptions {
  storage: LeaseStorage;
  /** The set of this tab's leases has changed, or one of them was confirmed or has lapsed */
  onChanged: (leaseIds: LeaseId[]) => void;
  /** A lease of this tab is no longer in force, and no longer waits */
  onEnded: (leaseId: LeaseId) => void;
}

/** By the time that so many more leases were released, the server's view has followed. */
const KEPT_RELEASED_LEASES = 200;

export class LeaseBook {
  readonly #options: LeaseBookOptions;
  readonly #leases = new Map<string, TabLease>();
  /** Leases that this tab holds or held lately. They are not shown as somebody else's until the server's view follows */
  readonly #ours = new Set<LeaseId>();
  /** The oldest first */
  readonly #released: LeaseId[] = [];
  /** This tab's user, as the server knows them on the present connection */
  actorId: string | undefined;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
  }

  list(): TabLease[] {
    return [...this.#leases.values()];
  }

  /** False for a lease that has ended. */
  has(lease: TabLease): boolean {
    return this.#leases.get(lease.id) === lease;
  }

  isOurs(leaseId: LeaseId): boolean {
    return this.#ours.has(leaseId);
  }

  find(leaseId: LeaseId): TabLease | undefined {
    return this.list().find((lease) => findLeaseSecret(lease.state)?.leaseId === leaseId);
  }

  /** The lease was confirmed, or has lapsed. */
  announce(lease: TabLease): void {
    setLeaseState(lease, lease.state);
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#options.onChanged([leaseSecret.leaseId]);
  }

  /** The lease that serves this wish, or a new one that is still to be acquired. */
  getOrCreate(wish: LeaseWish): TabLease {
    return this.#leases.get(getTabLeaseId(wish)) ?? this.#create(wish);
  }

  /** The lease is in force. `partial`: with `skip`, the records that it covers, and what blocks the others */
  noteHeld(
    lease: TabLease,
    owned: OwnedLease,
    partial: { records?: readonly RecordKey[]; conflicts?: readonly Conflict[] } = {},
  ): void {
    const { records = lease.records, conflicts = [] } = partial;
    this.#noteOwned(lease, owned.id);
    lease.records = records;
    setLeaseState(lease, { kind: 'held', lease: owned, ...(conflicts.length > 0 && { conflicts }) });
    lease.settle({ ok: true, lease: owned, records, conflicts });
    this.save();
    this.#options.onChanged([owned.id]);
  }

  /** The lease waits. Its owners get no outcome before the end of the wait. */
  noteWaiting(
    lease: TabLease,
    { id: leaseId, secret, position }: OwnedWaitingLease,
    conflicts: readonly Conflict[],
  ): void {
    this.#noteOwned(lease, leaseId);
    const leaseSecret = { leaseId, secret };
    setLeaseState(lease, { kind: 'waiting', leaseSecret, position, conflicts, isResuming: false });
    this.save();
    this.#options.onChanged([leaseId]);
  }

  /** The position of a waiting lease has changed. */
  notePosition(lease: TabLease, position: number): void {
    const { state } = lease;
    if (state.kind !== 'waiting' || state.position === position) return;
    setLeaseState(lease, { ...state, position });
  }

  /** A held lease covers other records now. Owners who want these share it from now on, and no others. */
  noteRecords(lease: TabLease, owned: OwnedLease, records: readonly RecordKey[]): void {
    this.#setRecords(lease, records);
    setLeaseState(lease, { kind: 'held', lease: owned });
    this.save();
    this.#options.onChanged([owned.id]);
  }

  /** The server says what a lease covers. It may be more or less than is known here, if an answer was lost. */
  noteCovered(lease: TabLease, records: readonly RecordKey[]): void {
    const known = new Set(lease.records);
    const isSame = known.size === records.length && records.every((key) => known.has(key));
    if (!isSame) this.#setRecords(lease, records);
  }

  /** The connection is lost: the server has to confirm every lease again. */
  unconfirmAll(): void {
    for (const lease of this.list()) {
      const leaseSecret = findLeaseSecret(lease.state);
      if (lease.state.kind === 'waiting') setLeaseState(lease, { ...lease.state, isResuming: true });
      else if (leaseSecret) setLeaseState(lease, { kind: 'resuming', leaseSecret });
    }
  }

  /** Forgets the old lease, so that the records can be acquired under a new one. */
  restart(lease: TabLease): void {
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    setLeaseState(lease, { kind: 'acquiring' });
    if (leaseSecret) this.#options.onEnded(leaseSecret.leaseId);
  }

  noteRefused(lease: TabLease, error: RowlockClientError): void {
    this.#end(lease, { kind: 'refused', error });
    lease.settle({ ok: false, error });
  }

  noteReleased(lease: TabLease): void {
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#released.push(leaseSecret.leaseId);
    for (const id of this.#released.splice(0, this.#released.length - KEPT_RELEASED_LEASES)) {
      this.#ours.delete(id);
    }
    this.#end(lease, { kind: 'released' });
    const message =
      'The tab released the lease before it was acquired. Acquire the records again if you need them.';
    if (!lease.isSettled) {
      lease.settle({ ok: false, error: new RowlockClientError({ code: 'lease_lost', message }) });
    }
  }

  noteLost(lease: TabLease, { reason, by, why }: Omit<LeaseLost, 'leaseId'>): void {
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    this.#end(lease, { kind: 'lost', reason, ...(by && { by }), ...(why !== undefined && { why }) });
    const message =
      'The lease ended while this tab was away, so it could not be resumed. Acquire the records again before you write.';
    lease.settle({ ok: false, error: new RowlockClientError({ code: 'lease_lost', message }) });
  }

  /** A lease from before a reload: the server has to confirm it. */
  restore(stored: StoredLease): void {
    const { leaseId, secret, nextSecret, records, mode, scope = 'record', label, actorId } = stored;
    const { skippedFrom, isWaiting } = stored;
    const onConflict = skippedFrom ? 'skip' : isWaiting ? 'wait' : 'refuse';
    const lease = this.#prepareRestored({
      records: skippedFrom ?? records,
      mode,
      scope,
      label,
      onConflict,
    });
    lease.records = records;
    lease.nextSecret = nextSecret;
    lease.actorId = actorId;
    this.#ours.add(leaseId);
    const leaseSecret = { leaseId, secret };
    setLeaseState(
      lease,
      isWaiting
        ? { kind: 'waiting', leaseSecret, position: undefined, conflicts: [], isResuming: true }
        : { kind: 'resuming', leaseSecret },
    );
  }

  save(): void {
    this.#options.storage.save(
      this.list()
        .map(getStoredLease)
        .filter((lease) => lease !== undefined),
    );
  }

  #create(wish: LeaseWish): TabLease {
    const id = this.#findFreeId(wish);
    const lease = createTabLease(id, { ...wish, records: [...new Set(wish.records)] });
    this.#leases.set(id, lease);
    return lease;
  }

  /** An owner on this page may have asked for the records already. Of two leases on the same records it gets the first. */
  #prepareRestored(wish: LeaseWish): TabLease {
    const known = this.getOrCreate(wish);
    return known.state.kind === 'acquiring' ? known : this.#create(wish);
  }

  #setRecords(lease: TabLease, records: readonly RecordKey[]): void {
    const { onConflict } = lease.wish;
    lease.records = records;
    lease.wish = { ...lease.wish, records, onConflict: onConflict === 'skip' ? 'refuse' : onConflict };
    this.#leases.delete(lease.id);
    lease.id = this.#findFreeId(lease.wish);
    this.#leases.set(lease.id, lease);
  }

  /** If another lease serves the wish already, an id that no wish has. */
  #findFreeId(wish: LeaseWish): string {
    const id = getTabLeaseId(wish);
    let free = id;
    for (let ordinal = 2; this.#leases.has(free); ordinal++) free = `${id}\n#${ordinal}`;
    return free;
  }

  /** Ours from the beginning of a wait on: the server's view may show the lease on its records before it reports it. */
  #noteOwned(lease: TabLease, leaseId: LeaseId): void {
    this.#ours.add(leaseId);
    lease.nextSecret = undefined;
    lease.actorId = this.actorId;
  }

  /** Each end of a lease, and of a request for one. */
  #end(lease: TabLease, state: LeaseState): void {
    const ended = findLeaseSecret(lease.state);
    lease.cancelRelease();
    lease.cancelLapse();
    if (this.has(lease)) this.#leases.delete(lease.id);
    setLeaseState(lease, state);
    this.save();
    if (!ended) return;
    this.#options.onEnded(ended.leaseId);
    this.#options.onChanged([ended.leaseId]);
  }
}
