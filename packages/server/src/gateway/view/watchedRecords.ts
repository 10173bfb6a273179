/** The records that the sessions of this gateway watch, with their states. A record without a watcher is forgotten. Pure. */
import type { RecordKey } from '@rowlock/protocol';
import { RecordChanges } from './recordChanges.ts';
import type { KnownLeases } from './recordLeases.ts';
import { RecordStates } from './recordStates.ts';
import { Relation } from './relation.ts';

export class WatchedRecords<Watcher> {
  readonly states = new RecordStates();
  readonly changes = new RecordChanges();
  readonly #watchers = new Relation<RecordKey, Watcher>();

  /** The leases on watched records */
  get leases(): KnownLeases {
    return this.states.leases;
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
      this.states.add(key);
    }
    return records.filter((key) => !this.states.isKnown(key));
  }

  unwatch(records: Iterable<RecordKey>, watcher: Watcher): void {
    for (const key of records) {
      this.#watchers.remove(key, watcher);
      if (this.watchersOf(key).size > 0) continue;
      this.states.remove(key);
      this.changes.remove(key);
    }
  }

  /** The watcher has left. */
  forget(watcher: Watcher): void {
    this.unwatch([...this.watchedBy(watcher)], watcher);
  }

  watchedBy(watcher: Watcher): ReadonlySet<RecordKey> {
    return this.#watchers.with(watcher);
  }

  /** Those of the records that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, records: readonly RecordKey[]): RecordKey[] {
    return records.filter((key) => !this.#watchers.has(key, watcher));
  }

  watchersOf(key: RecordKey): ReadonlySet<Watcher> {
    return this.#watchers.of(key);
  }

  /** The watchers of any of these records, each with those that it watches. */
  byWatcher(records: readonly RecordKey[]): Map<Watcher, RecordKey[]> {
    const recordsOf = new Map<Watcher, RecordKey[]>();
    for (const key of records) {
      for (const watcher of this.watchersOf(key)) {
        const keys = recordsOf.get(watcher);
        if (keys) keys.push(key);
        else recordsOf.set(watcher, [key]);
      }
    }
    return recordsOf;
  }

  /** Everybody who watches a record that this task holds. */
  watchersOfTask(taskId: string): Set<Watcher> {
    const watchers = new Set<Watcher>();
    for (const key of this.leases.recordsOfTask(taskId)) {
      for (const watcher of this.watchersOf(key)) watchers.add(watcher);
    }
    return watchers;
  }
}
