/** Keeps all leases of this tab: changes their states, stores them for a reload, and notifies their owners. */
import type { LeaseId, LockMode, OwnedLease, RecordKey } from '@rowlock/protocol';
import { findLeaseSecret, getTabLeaseId, type LeaseState, type LossReason } from './leaseHandle.ts';
import type { LeaseStorage, StoredLease } from './leaseStorage.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { createTabLease, getStoredLease, setLeaseState, type TabLease } from './tabLease.ts';

export interface LeaseBookOptions {
  storage: LeaseStorage;
  /** The set of this tab's leases has changed, or one of them was confirmed or has lapsed */
  onChanged: (leaseIds: LeaseId[]) => void;
}

export class LeaseBook {
  readonly #options: LeaseBookOptions;
  readonly #leases = new Map<string, TabLease>();
  /** Leases that this tab holds or held lately. They are not shown as somebody else's until the server's view follows */
  readonly #ours = new Set<LeaseId>();
  /** This tab's user, as the server knows them on the present connection */
  actorId: string | undefined;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
  }

  list(): TabLease[] {
    return [...this.#leases.values()];
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

  /** The lease on these records in that mode, or a new one that is still to be acquired. */
  getOrCreate(records: readonly RecordKey[], mode: LockMode, label: string | undefined): TabLease {
    const id = getTabLeaseId(records, mode);
    const known = this.#leases.get(id);
    if (known) return known;
    const lease = createTabLease(id, [...new Set(records)], mode, label);
    this.#leases.set(id, lease);
    return lease;
  }

  noteHeld(lease: TabLease, owned: OwnedLease): void {
    this.#ours.add(owned.id);
    lease.nextSecret = undefined;
    lease.actorId = this.actorId;
    setLeaseState(lease, { kind: 'held', lease: owned });
    lease.settle({ ok: true, lease: owned });
    this.save();
    this.#options.onChanged([owned.id]);
  }

  /** The connection is lost: the server has to confirm every lease again. */
  unconfirmAll(): void {
    for (const lease of this.list()) {
      const leaseSecret = findLeaseSecret(lease.state);
      if (leaseSecret) setLeaseState(lease, { kind: 'resuming', leaseSecret });
    }
  }

  /** Forgets the old lease, so that the records can be acquired under a new one. */
  restart(lease: TabLease): void {
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    setLeaseState(lease, { kind: 'acquiring' });
  }

  noteRefused(lease: TabLease, error: RowlockClientError): void {
    this.#end(lease, { kind: 'refused', error });
    lease.settle({ ok: false, error });
  }

  noteReleased(lease: TabLease): void {
    this.#end(lease, { kind: 'released' });
  }

  noteLost(lease: TabLease, reason: LossReason): void {
    const leaseSecret = findLeaseSecret(lease.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    this.#end(lease, { kind: 'lost', reason });
    const message =
      'The lease ended while this tab was away, so it could not be resumed. Acquire the records again before you write.';
    lease.settle({ ok: false, error: new RowlockClientError({ code: 'lease_lost', message }) });
    if (leaseSecret) this.#options.onChanged([leaseSecret.leaseId]);
  }

  /** A lease from before a reload: the server has to confirm it. */
  restore({ leaseId, secret, nextSecret, records, mode, label, actorId }: StoredLease): void {
    const lease = this.getOrCreate(records, mode, label);
    lease.nextSecret = nextSecret;
    lease.actorId = actorId;
    this.#ours.add(leaseId);
    setLeaseState(lease, { kind: 'resuming', leaseSecret: { leaseId, secret } });
  }

  save(): void {
    this.#options.storage.save(
      this.list()
        .map(getStoredLease)
        .filter((lease) => lease !== undefined),
    );
  }

  #end(lease: TabLease, state: LeaseState): void {
    lease.cancelRelease();
    lease.cancelLapse();
    if (this.#leases.get(lease.id) === lease) this.#leases.delete(lease.id);
    setLeaseState(lease, state);
    this.save();
  }
}
