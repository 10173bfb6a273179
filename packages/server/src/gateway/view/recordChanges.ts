/** The newest change of each watched record, since somebody watches it. Pure. */
import type { RecordChange, RecordKey } from '@rowlock/protocol';

/** A change without the records that a receiver sees of it. */
export type NoticedChange = Omit<RecordChange, 'records' | 'recordCount'>;

export class RecordChanges {
  /** The version of the namespace, as far as this gateway has read. 0 if it has read nothing yet */
  version = 0;
  readonly #newest = new Map<RecordKey, NoticedChange>();

  /** Returns those of the records of which no newer change is known. */
  note(records: readonly RecordKey[], change: NoticedChange): RecordKey[] {
    this.version = Math.max(this.version, change.version);
    const news = records.filter((key) => (this.#newest.get(key)?.version ?? 0) < change.version);
    for (const key of news) this.#newest.set(key, change);
    return news;
  }

  remove(key: RecordKey): void {
    this.#newest.delete(key);
  }

  /** The newest changes of these records, the newest first. */
  of(records: Iterable<RecordKey>): RecordChange[] {
    const changes = new Map<number, RecordChange>();
    for (const key of records) {
      const change = this.#newest.get(key);
      if (!change) continue;
      const known = changes.get(change.version);
      if (known) {
        known.records.push(key);
        known.recordCount++;
      } else changes.set(change.version, { ...change, recordCount: 1, records: [key] });
    }
    return [...changes.values()].sort((one, other) => other.version - one.version);
  }
}
