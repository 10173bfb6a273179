/**
 * The records that the sessions of this gateway watch: their watchers, the leases in force on each, and at which
 * position. Pure: it gets snapshots and log entries, and returns the records that have changed.
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
import { type KnownLeases, RecordLeases } from './recordLeases.ts';
import { Relation } from './relation.ts';

export class WatchedRecords<Watcher> {
  readonly #watchers = new Relation<RecordKey, Watcher>();
  /** The nodes above each record, as they were when it was first watched: a lock there covers it too */
  readonly #above = new Relation<RecordKey, RecordKey>();
  readonly #leases = new RecordLeases();
  /** Of each record's state. Absent until the first snapshot */
  readonly #positions = new Map<RecordKey, LogPosition>();

  get leases(): KnownLeases {
    return this.#leases;
  }

  get size(): number {
    return this.#watchers.leftCount;
  }

  keys(): RecordKey[] {
    return this.#watchers.lefts();
  }

  /** Adds a watcher. Returns those of the records whose state is not known yet. */
  watch(records: readonly RecordKey[], watcher: Watcher): RecordKey[] {
    for (const key of records) {
      this.#watchers.add(key, watcher);
      this.#above.add(key, wholeResource(resourceOf(key)));
    }
    return records.filter((key) => !this.#positions.has(key));
  }

  /** Says what is above a watched record. Until then only locks on it and on its whole resource are seen. */
  place(key: RecordKey, ancestors: readonly RecordKey[]): void {
    if (this.watchersOf(key).size === 0) return;
    for (const node of this.ancestorsOf(key)) this.#above.remove(key, node);
    for (const node of ancestors) this.#above.add(key, node);
  }

  unwatch(records: Iterable<RecordKey>, watcher: Watcher): void {
    for (const key of records) {
      this.#watchers.remove(key, watcher);
      if (this.watchersOf(key).size === 0) this.#forget(key);
    }
  }

  watchersOf(key: RecordKey): ReadonlySet<Watcher> {
    return this.#watchers.of(key);
  }

  /** Everybody who watches a record that this task holds. */
  watchersOfTask(taskId: string): Set<Watcher> {
    return new Set([...this.#leases.recordsOfTask(taskId)].flatMap((key) => [...this.watchersOf(key)]));
  }

  watchedBy(watcher: Watcher): ReadonlySet<RecordKey> {
    return this.#watchers.with(watcher);
  }

  ancestorsOf(key: RecordKey): RecordKey[] {
    const all = wholeResource(resourceOf(key));
    return [...this.#above.of(key)].filter((node) => node !== all);
  }

  /** Takes over a snapshot of `records`. Returns those whose leases differ from what was known. */
  load(records: readonly RecordKey[], snapshot: RecordLocks): RecordKey[] {
    const changed: RecordKey[] = [];
    for (const key of records) {
      if (this.watchersOf(key).size === 0) continue;
      const leases = snapshot.held.get(key) ?? [];
      const isKnown = this.#positions.has(key);
      this.#positions.set(key, snapshot.position);
      if (isKnown && leases.join() === this.#leases.on(key).join()) continue;
      this.#leases.set(key, leases, (id) => snapshot.leases.get(id));
      changed.push(key);
    }
    return changed;
  }

  /** A lease covers `records`, and all below `subtrees`: one pass over what it covers. */
  acquired(
    lease: LeaseView,
    { records, subtrees }: { records: readonly RecordKey[]; subtrees: readonly RecordKey[] },
    position: LogPosition,
  ): RecordKey[] {
    this.#leases.update(lease);
    const below = subtrees.flatMap((node) => [...this.#above.with(node)]);
    const changed = this.#advance(below.length > 0 ? new Set([...records, ...below]) : records, position);
    for (const key of changed) {
      const others = lease.mode === 'shared' ? this.#leases.on(key).filter((id) => id !== lease.id) : [];
      this.#leases.set(key, [...others, lease.id], () => lease);
    }
    return changed;
  }

  /** A lease has another holder. */
  transferred(leaseId: LeaseId, holder: Holder, position: LogPosition): RecordKey[] {
    this.#leases.transfer(leaseId, holder);
    return this.#advance(this.#leases.recordsOf(leaseId), position);
  }

  /** A lease has ended, or no longer covers `records`. */
  released(leaseId: LeaseId, position: LogPosition, records?: readonly RecordKey[]): RecordKey[] {
    const covered = this.#leases.recordsOf(leaseId);
    const changed = this.#advance(records ? records.filter((key) => covered.has(key)) : covered, position);
    for (const key of changed) {
      this.#leases.set(
        key,
        this.#leases.on(key).filter((id) => id !== leaseId),
      );
    }
    return changed;
  }

  /** Those of the records whose state does not contain the entry at `position` yet. From now on it does. */
  #advance(records: Iterable<RecordKey>, position: LogPosition): RecordKey[] {
    const behind: RecordKey[] = [];
    for (const key of records) {
      const known = this.#positions.get(key);
      // A record without a position has no snapshot yet. Its snapshot will contain the entry.
      if (known === undefined || comparePositions(position, known) <= 0) continue;
      this.#positions.set(key, position);
      behind.push(key);
    }
    return behind;
  }

  #forget(key: RecordKey): void {
    this.#leases.set(key, []);
    this.#positions.delete(key);
    for (const node of [...this.#above.of(key)]) this.#above.remove(key, node);
  }
}
