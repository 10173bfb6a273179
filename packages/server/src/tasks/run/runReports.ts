/**
 * Collects the records and log lines that a run reports between two flushes. A flush without an answer is repeated
 * unchanged. So Redis may get it twice, and the script applies it once.
 */
import { isLockable, malformed, type RecordKey } from '@rowlock/protocol';
import { boundedText, errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import type { Reports } from '../store/attemptStore.ts';

/** A script releases this number in about 10 ms. */
const MAX_DONE_PER_FLUSH = 10_000;
const MAX_FAILED_PER_FLUSH = 1_000;
/** The number of failed records that are stored with their reasons. Further ones are counted. */
const MAX_FAILED_KEPT = 10_000;
const MAX_LINES_KEPT = 200;
const MAX_LINE_LENGTH = 500;
const MAX_ITEM_ERROR_LENGTH = 500;

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
  let taken: Reports | undefined;
  const done = new Set<RecordKey>();
  /** Every failed record that is stored. A record that fails twice counts once */
  const failed = new Set<RecordKey>();
  const newlyFailed = new Map<RecordKey, string>();
  let failedBeyond = 0;
  let hasNewFailures = false;
  let lines: { atMs: number; text: string }[] = [];
  let firstLine = 1;

  function takeDone(): RecordKey[] {
    const part: RecordKey[] = [];
    for (const record of done) {
      if (part.length === MAX_DONE_PER_FLUSH) break;
      part.push(record);
      done.delete(record);
    }
    return part;
  }

  function takeFailed(): Reports['failed'] {
    if (!hasNewFailures) return undefined;
    const rows: [RecordKey, string][] = [];
    for (const row of newlyFailed) {
      if (rows.length === MAX_FAILED_PER_FLUSH) break;
      rows.push(row);
      newlyFailed.delete(row[0]);
    }
    hasNewFailures = newlyFailed.size > 0;
    return { rows, count: failed.size + failedBeyond };
  }

  function takeLog(): Reports['log'] {
    if (lines.length === 0) return undefined;
    const nowMs = clock.nowMs();
    const log = {
      first: firstLine,
      lines: lines.map(({ atMs, text }) => `${Math.max(0, Math.round(nowMs - atMs))} ${text}`),
    };
    firstLine += lines.length;
    lines = [];
    return log;
  }

  return {
    recordDone(record) {
      assertRecord('recordDone', record);
      if (!failed.has(record)) done.add(record);
    },
    recordFailed(record, error) {
      assertRecord('recordFailed', record);
      done.delete(record);
      hasNewFailures = true;
      if (failed.has(record) || failed.size < MAX_FAILED_KEPT) {
        failed.add(record);
        newlyFailed.set(record, errorText(error, MAX_ITEM_ERROR_LENGTH));
      } else failedBeyond++;
    },
    log(text) {
      lines.push({ atMs: clock.nowMs(), text: boundedText(text, MAX_LINE_LENGTH).replaceAll('\n', ' ') });
      // Only the newest lines are stored. They are cut now and then, not with each line.
      if (lines.length >= 2 * MAX_LINES_KEPT) {
        firstLine += lines.length - MAX_LINES_KEPT;
        lines = lines.slice(-MAX_LINES_KEPT);
      }
    },
    take() {
      if (taken) return taken;
      const failedPart = takeFailed();
      const log = takeLog();
      const donePart = takeDone();
      if (!failedPart && !log && donePart.length === 0) return undefined;
      taken = { done: donePart, ...(failedPart && { failed: failedPart }), ...(log && { log }) };
      return taken;
    },
    written() {
      taken = undefined;
    },
    isEmpty: () => !taken && !hasNewFailures && lines.length === 0,
    keepDone() {
      done.clear();
    },
  };
}

function assertRecord(verb: string, record: unknown): void {
  if (!isLockable(record))
    throw new TypeError(`ctx.${verb} needs a record key: pass one. ${malformed(boundedText(record, 80))}`);
}
