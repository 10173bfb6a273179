/**
 * The records that the sessions of this gateway watch: the leases in force on each, at which position, and the
 * watchers. Pure: it gets snapshots and log entries, and returns the records that have changed.
 *
 * A record's own position says which entries its state contains already. They are skipped for it. So a snapshot may
 * be taken at any time while the log grows, and nothing is lost or applied twice.
 */
import {
  type Holder,
  type LeaseId,
  type LeaseView,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { comparePositions, type LogPosition } from '../../changeLog/entry.ts';
import type { RecordLocks } from '../../locks/registry/lockRegistry.ts';

interface WatchedRecord<Watcher> {
  watchers: Set<Watcher>;
  /** Its whole resource, then what is above it, as it was when it was first watched: a lock there covers it too */
  above: readonly RecordKey[];
  leases: LeaseId[];
  /** Undefined until the first snapshot */
  position: LogPosition | undefined;
}

interface KnownLease {
  view: LeaseView;
  records: Set<RecordKey>;
}

export class WatchedRecords<Watcher> {
  readonly #records = new Map<RecordKey, WatchedRecord<Watcher>>();
  /** Watched records by each node above them */
  readonly #below = new Map<RecordKey, Set<RecordKey>>();
  readonly #leases = new Map<LeaseId, KnownLease>();
  readonly #leaseOfTask = new Map<string, LeaseId>();

  get size(): number {
    return this.#records.size;
  }

  keys(): RecordKey[] {
    return [...this.#records.keys()];
  }

  /** Adds a watcher; the answer is those of the records whose state is not known yet. */
  watch(records: readonly RecordKey[], watcher: Watcher): RecordKey[] {
    const unknown: RecordKey[] = [];
    for (const key of records) {
      let record = this.#records.get(key);
      if (!record) {
        record = { watchers: new Set(), above: [], leases: [], position: undefined };
        this.#records.set(key, record);
        this.place(key, []);
      }
      record.watchers.add(watcher);
      if (record.position === undefined) unknown.push(key);
    }
    return unknown;
  }

  /** Says what is above a watched record. Until then only locks on it and on its whole resource are seen. */
  place(key: RecordKey, above: readonly RecordKey[]): void {
    const record = this.#records.get(key);
    if (!record) return;
    this.#unplace(key, record);
    record.above = [wholeResource(resourceOf(key)), ...above];
    for (const node of record.above) {
      const below = this.#below.get(node);
      if (below) below.add(key);
      else this.#below.set(node, new Set([key]));
    }
  }

  unwatch(records: Iterable<RecordKey>, watcher: Watcher): void {
    for (const key of records) {
      const record = this.#records.get(key);
      if (!record) continue;
      record.watchers.delete(watcher);
      if (record.watchers.size > 0) continue;
      for (const leaseId of record.leases) this.#detach(leaseId, key);
      this.#unplace(key, record);
      this.#records.delete(key);
    }
  }

  /** Takes over a snapshot of `records`; the answer is those whose leases differ from what was known. */
  load(records: readonly RecordKey[], snapshot: RecordLocks): RecordKey[] {
    const changed: RecordKey[] = [];
    for (const key of records) {
      const record = this.#records.get(key);
      if (!record) continue;
      const leases = snapshot.held.get(key) ?? [];
      const wasKnown = record.position !== undefined;
      record.position = snapshot.position;
      if (wasKnown && leases.join() === record.leases.join()) continue;
      this.#setLeases(key, record, leases, (id) => snapshot.leases.get(id));
      changed.push(key);
    }
    return changed;
  }

  /** A lease was taken on `records`, and on all below `subtrees`: one pass over what it covers. */
  acquired(
    lease: LeaseView,
    { records, subtrees }: { records: readonly RecordKey[]; subtrees: readonly RecordKey[] },
    position: LogPosition,
  ): RecordKey[] {
    const known = this.#leases.get(lease.id);
    if (known) known.view = lease;
    const changed: RecordKey[] = [];
    const below = subtrees.flatMap((node) => [...(this.#below.get(node) ?? [])]);
    for (const key of below.length > 0 ? new Set([...records, ...below]) : records) {
      const record = this.#records.get(key);
      if (!record || !isNewer(position, record.position)) continue;
      const others = lease.mode === 'shared' ? record.leases.filter((id) => id !== lease.id) : [];
      this.#setLeases(key, record, [...others, lease.id], () => lease);
      record.position = position;
      changed.push(key);
    }
    return changed;
  }

  /** A lease has been handed to another holder. */
  transferred(leaseId: LeaseId, holder: Holder, position: LogPosition): RecordKey[] {
    const known = this.#leases.get(leaseId);
    if (!known) return [];
    this.#forgetTask(known.view.holder, leaseId);
    known.view = { ...known.view, holder };
    this.#noteTask(holder, leaseId);
    return [...known.records].filter((key) => {
      const record = this.#records.get(key)!;
      if (!isNewer(position, record.position)) return false;
      record.position = position;
      return true;
    });
  }

  /** A lease has ended, or has let some records go. */
  released(leaseId: LeaseId, position: LogPosition, records?: readonly RecordKey[]): RecordKey[] {
    const changed: RecordKey[] = [];
    for (const key of records ?? [...(this.#leases.get(leaseId)?.records ?? [])]) {
      const record = this.#records.get(key);
      if (!record?.leases.includes(leaseId) || !isNewer(position, record.position)) continue;
      this.#setLeases(
        key,
        record,
        record.leases.filter((id) => id !== leaseId),
        () => undefined,
      );
      record.position = position;
      changed.push(key);
    }
    return changed;
  }

  aboveOf(key: RecordKey): readonly RecordKey[] {
    return this.#records.get(key)?.above.slice(1) ?? [];
  }

  leasesOn(key: RecordKey): readonly LeaseId[] {
    return this.#records.get(key)?.leases ?? [];
  }

  lease(leaseId: LeaseId): LeaseView | undefined {
    return this.#leases.get(leaseId)?.view;
  }

  watchersOf(key: RecordKey): ReadonlySet<Watcher> {
    return this.#records.get(key)?.watchers ?? new Set();
  }

  /** Everybody who watches a record that this task holds. */
  watchersOfTask(taskId: string): Set<Watcher> {
    const watchers = new Set<Watcher>();
    const lease = this.#leases.get(this.#leaseOfTask.get(taskId) ?? '');
    for (const key of lease?.records ?? []) {
      for (const watcher of this.#records.get(key)!.watchers) watchers.add(watcher);
    }
    return watchers;
  }

  /** The watched records that this task holds. */
  recordsOfTask(taskId: string): Iterable<RecordKey> {
    return this.#leases.get(this.#leaseOfTask.get(taskId) ?? '')?.records ?? [];
  }

  /** Tasks that hold any watched record. */
  tasks(): string[] {
    return [...this.#leaseOfTask.keys()];
  }

  #setLeases(
    key: RecordKey,
    record: WatchedRecord<Watcher>,
    leases: LeaseId[],
    viewOf: (id: LeaseId) => LeaseView | undefined,
  ): void {
    for (const id of record.leases) if (!leases.includes(id)) this.#detach(id, key);
    record.leases = leases;
    for (const id of leases) {
      let known = this.#leases.get(id);
      if (!known) {
        known = { view: viewOf(id)!, records: new Set() };
        this.#leases.set(id, known);
        this.#noteTask(known.view.holder, id);
      }
      known.records.add(key);
    }
  }

  #detach(leaseId: LeaseId, key: RecordKey): void {
    const known = this.#leases.get(leaseId);
    if (!known) return;
    known.records.delete(key);
    if (known.records.size > 0) return;
    this.#leases.delete(leaseId);
    this.#forgetTask(known.view.holder, leaseId);
  }

  #noteTask({ type, id }: Holder, leaseId: LeaseId): void {
    if (type === 'task') this.#leaseOfTask.set(id, leaseId);
  }

  #forgetTask({ id }: Holder, leaseId: LeaseId): void {
    if (this.#leaseOfTask.get(id) === leaseId) this.#leaseOfTask.delete(id);
  }

  #unplace(key: RecordKey, record: WatchedRecord<Watcher>): void {
    for (const node of record.above) {
      const below = this.#below.get(node);
      below?.delete(key);
      if (below?.size === 0) this.#below.delete(node);
    }
  }
}

/** A record without a position has no snapshot yet, and will get one that holds this entry. */
const isNewer = (position: LogPosition, known: LogPosition | undefined): boolean =>
  known !== undefined && comparePositions(position, known) > 0;
