/**
 * Collects the records and log lines that a run reports between two flushes. A flush without an answer is repeated
 * unchanged. So Redis may get it twice, and the script applies it once.
 */
import { isLockable, malformed, type RecordKey } from '@rowlock/protocol';
import { boundedText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import type { Reports } from '../store/attemptStore.ts';
import { createFailedRecords } from './failedRecords.ts';
import { createRunLog } from './runLog.ts';

/** A script releases this number in about 10 ms. */
const MAX_DONE_PER_FLUSH = 10_000;

export interface RunReports {
  recordDone(record: RecordKey): void;
  recordFailed(record: RecordKey, error: unknown): void;
  log(text: string): void;
  /** The next flush, or the last one if that was not `written`. Undefined if there is nothing to report. */
  take(): Reports | undefined;
  /** The last flush is in Redis. */
  written(): void;
  /** Whether nothing is left to report, except finished records for `takeRest`. */
  isEmpty(): boolean;
  /** Whether the run has reported finished or failed records: then it has changed no others. */
  hasRows(): boolean;
  /** The finished records that are not reported yet, if a single call can report them. They are not in a later flush. */
  takeRest(): RecordKey[];
}

export function createRunReports(clock: Clock): RunReports {
  const done = new Set<RecordKey>();
  const failed = createFailedRecords();
  const log = createRunLog(clock);
  let taken: Reports | undefined;
  let hasRows = false;
  let reportCount = 0;

  function takeDone(): RecordKey[] {
    const part: RecordKey[] = [];
    for (const record of done) {
      if (part.length === MAX_DONE_PER_FLUSH) break;
      part.push(record);
      done.delete(record);
    }
    return part;
  }

  return {
    recordDone(record) {
      assertRecord('recordDone', record);
      hasRows = true;
      if (!failed.has(record)) done.add(record);
    },
    recordFailed(record, error) {
      assertRecord('recordFailed', record);
      hasRows = true;
      done.delete(record);
      failed.add(record, error);
    },
    log: log.add,
    take() {
      if (taken) return taken;
      const failedPart = failed.take();
      const logPart = log.take();
      const donePart = takeDone();
      if (!failedPart && !logPart && donePart.length === 0) return undefined;
      if (donePart.length > 0) reportCount++;
      taken = {
        done: donePart,
        number: reportCount,
        ...(failedPart && { failed: failedPart }),
        ...(logPart && { log: logPart }),
      };
      return taken;
    },
    written() {
      taken = undefined;
    },
    isEmpty: () => !taken && !failed.hasNews() && log.isEmpty() && done.size <= MAX_DONE_PER_FLUSH,
    hasRows: () => hasRows,
    takeRest: () => (done.size <= MAX_DONE_PER_FLUSH ? takeDone() : []),
  };
}

function assertRecord(verb: string, record: unknown): void {
  if (!isLockable(record))
    throw new TypeError(`ctx.${verb} needs a record key: pass one. ${malformed(boundedText(record, 80))}`);
}
