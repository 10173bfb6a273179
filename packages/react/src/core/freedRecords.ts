import type { RecordKey } from '@rowlock/protocol';
import { isBlocked, type RecordLock } from './recordLock.ts';

/** A record that others have released. */
export interface FreedRecord {
  record: RecordKey;
  /** The last lock of somebody else */
  before: RecordLock;
}

/** Finds the records that others have released since the last look. */
export class FreedRecords {
  readonly #blocked = new Map<RecordKey, RecordLock>();

  look(records: readonly RecordKey[], locks: readonly RecordLock[]): FreedRecord[] {
    const freed: FreedRecord[] = [];
    locks.forEach((lock, index) => {
      const record = records[index]!;
      if (isBlocked(lock)) this.#blocked.set(record, lock);
      if (lock.kind !== 'free' && lock.kind !== 'held') return;
      const before = this.#blocked.get(record);
      if (before && lock.kind === 'free') freed.push({ record, before });
      this.#blocked.delete(record);
    });
    return freed;
  }
}
