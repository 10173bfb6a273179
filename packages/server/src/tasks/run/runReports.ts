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
  /** Whether nothing is left to report, except finished records. */
  isEmpty(): boolean;
  /** The lease is about to end, so finished records need no release. */
  keepDone(): void;
}

export function createRunReports(clock: Clock): RunReports {
  const done = new Set<RecordKey>();
  const failed = createFailedRecords();
  const log = createRunLog(clock);
  let taken: Reports | undefined;

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
      if (!failed.has(record)) done.add(record);
    },
    recordFailed(record, error) {
      assertRecord('recordFailed', record);
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
      taken = { done: donePart, ...(failedPart && { failed: failedPart }), ...(logPart && { log: logPart }) };
      return taken;
    },
    written() {
      taken = undefined;
    },
    isEmpty: () => !taken && !failed.hasNews() && log.isEmpty(),
    keepDone() {
      done.clear();
    },
  };
}

function assertRecord(verb: string, record: unknown): void {
  if (!isLockable(record))
    throw new TypeError(`ctx.${verb} needs a record key: pass one. ${malformed(boundedText(record, 80))}`);
}
