/** The records of an attempt that failed, with their reasons. Pure. */
import type { RecordKey } from '@rowlock/protocol';
import { errorText } from '../../boundedText.ts';
import type { Reports } from '../store/attemptStore.ts';

const MAX_PER_FLUSH = 1_000;
/** The number of failed records that are stored with their reasons. Further ones are counted. */
const MAX_KEPT = 10_000;
const MAX_ERROR_LENGTH = 500;

export interface FailedRecords {
  add(record: RecordKey, error: unknown): void;
  /** Whether it is one of the failed records that are stored. */
  has(record: RecordKey): boolean;
  /** The next part to store. Undefined if no record has failed since the last part. */
  take(): Reports['failed'];
  hasNews(): boolean;
}

export function createFailedRecords(): FailedRecords {
  /** Every failed record that is stored. A record that fails twice counts once */
  const kept = new Set<RecordKey>();
  const untaken = new Map<RecordKey, string>();
  let beyondCount = 0;
  let hasNews = false;

  return {
    add(record, error) {
      hasNews = true;
      if (kept.has(record) || kept.size < MAX_KEPT) {
        kept.add(record);
        untaken.set(record, errorText(error, MAX_ERROR_LENGTH));
      } else beyondCount++;
    },
    has: (record) => kept.has(record),
    take() {
      if (!hasNews) return undefined;
      const rows: [RecordKey, string][] = [];
      for (const row of untaken) {
        if (rows.length === MAX_PER_FLUSH) break;
        rows.push(row);
        untaken.delete(row[0]);
      }
      hasNews = untaken.size > 0;
      return { rows, count: kept.size + beyondCount };
    },
    hasNews: () => hasNews,
  };
}
