/** The changes of watched records that the server reports, and the version of its namespace. */
import type { RecordChange, RecordKey, View } from '@rowlock/protocol';

/** A change of watched records. */
export interface WatchedChange extends RecordChange {
  /** This tab has made it, by a write with the headers of `client.leases` */
  isOwn: boolean;
}

/** Gets all news of one message, newest first, with the records that it asked for. */
export type ChangeListener = (changes: readonly WatchedChange[]) => void;

export class ChangeNews {
  readonly #isOwn: (change: RecordChange) => boolean;
  readonly #listeners = new Set<{ includes: (key: RecordKey) => boolean; listener: ChangeListener }>();
  #version: number | undefined;
  #knownVersion: number | undefined;

  constructor(isOwn: (change: RecordChange) => boolean) {
    this.#isOwn = isOwn;
  }

  /** The newest version that the server has sent. */
  get version(): number | undefined {
    return this.#version;
  }

  /**
   * The version up to which this tab has heard of all changes of the records that it watches. An answer says nothing of it:
   * changes of other records may still be on their way.
   */
  get knownVersion(): number | undefined {
    return this.#knownVersion;
  }

  /** Listens to changes of these records until the returned function is called. */
  add(records: readonly RecordKey[], listener: ChangeListener): () => void {
    const wanted = new Set(records);
    return this.#add({ includes: (key) => wanted.has(key), listener });
  }

  /** Listens to changes of all watched records, likewise. */
  addForAll(listener: ChangeListener): () => void {
    return this.#add({ includes: () => true, listener });
  }

  #add(entry: { includes: (key: RecordKey) => boolean; listener: ChangeListener }): () => void {
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  applyAnswer(view: View): void {
    // Before the first answer, nothing was watched.
    this.#knownVersion ??= view.version;
    this.#apply(view);
  }

  /**
   * `isCaughtUp`: after a gap the server has answered for all records. Before that, changes from the time of the gap may be
   * missing. If the connection is lost again, they have to be asked for again.
   */
  applyChanges(view: View, isCaughtUp: boolean): void {
    if (isCaughtUp) this.#knownVersion = Math.max(view.version, this.#knownVersion ?? 0);
    this.#apply(view);
  }

  #apply({ version, changed = [] }: View): void {
    // Answers and changes may cross.
    this.#version = Math.max(version, this.#version ?? 0);
    if (changed.length === 0) return;
    for (const { includes, listener } of [...this.#listeners]) {
      const news = changed.flatMap((change) => this.#part(change, includes));
      if (news.length > 0) listener(news);
    }
  }

  #part(change: RecordChange, includes: (key: RecordKey) => boolean): WatchedChange[] {
    const wanted = change.records.filter(includes);
    if (wanted.length === 0) return [];
    return [{ ...change, records: wanted, recordCount: wanted.length, isOwn: this.#isOwn(change) }];
  }
}
