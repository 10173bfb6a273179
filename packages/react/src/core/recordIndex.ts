/** The leases that cover the watched records, as the server reported them last. */
import type { LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import { isSameContent } from './isSameContent.ts';

/** A server does not repeat a lease that it has sent, so leases without a watched record are kept up to this number. */
const KEPT_UNSEEN_LEASES = 500;

const NO_LEASES: readonly LeaseId[] = [];
const NO_RECORDS: ReadonlySet<RecordKey> = new Set();

export class RecordIndex {
  readonly #leasesOf = new Map<RecordKey, readonly LeaseId[]>();
  readonly #recordsOf = new Map<LeaseId, Set<RecordKey>>();
  readonly #leases = new Map<LeaseId, LeaseView>();

  listLeases(key: RecordKey): LeaseView[] {
    const ids = this.#leasesOf.get(key) ?? NO_LEASES;
    return ids.map((id) => this.#leases.get(id)).filter((lease) => lease !== undefined);
  }

  /** False if the record is under a lease of which nothing is known. */
  isComplete(key: RecordKey): boolean {
    return (this.#leasesOf.get(key) ?? NO_LEASES).every((id) => this.#leases.has(id));
  }

  /** The watched records under a lease. */
  listRecords(leaseId: LeaseId): ReadonlySet<RecordKey> {
    return this.#recordsOf.get(leaseId) ?? NO_RECORDS;
  }

  /** True if this changes what is known. */
  setLease(lease: LeaseView): boolean {
    if (isSameContent(this.#leases.get(lease.id), lease)) return false;
    this.#leases.set(lease.id, lease);
    return true;
  }

  /** Replaces the leases on a record. True if that is a change. */
  setRecord(key: RecordKey, ids: readonly LeaseId[]): boolean {
    const before = this.#leasesOf.get(key) ?? NO_LEASES;
    if (before.length === ids.length && before.every((id, index) => id === ids[index])) return false;
    for (const id of before) {
      const records = this.#recordsOf.get(id);
      records?.delete(key);
      if (records?.size === 0) this.#recordsOf.delete(id);
    }
    for (const id of ids) {
      const records = this.#recordsOf.get(id);
      if (records) records.add(key);
      else this.#recordsOf.set(id, new Set([key]));
    }
    if (ids.length === 0) this.#leasesOf.delete(key);
    else this.#leasesOf.set(key, ids);
    return true;
  }

  forget(keys: Iterable<RecordKey>): void {
    for (const key of keys) this.setRecord(key, NO_LEASES);
  }

  /** Forgets the records, and the leases that cover no other watched record. */
  hide(keys: Iterable<RecordKey>): void {
    for (const key of keys) {
      const ids = this.#leasesOf.get(key) ?? NO_LEASES;
      this.setRecord(key, NO_LEASES);
      for (const id of ids) if (!this.#recordsOf.has(id)) this.#leases.delete(id);
    }
  }

  /** Forgets the oldest leases that cover no watched record. */
  prune(): void {
    const unseen = [...this.#leases.keys()].filter((id) => !this.#recordsOf.has(id));
    for (const id of unseen.slice(0, -KEPT_UNSEEN_LEASES)) this.#leases.delete(id);
  }
}
