/**
 * What a run says of its rows, and its log lines, collected between two flushes. A flush that was not answered is made
 * again as it was, until it is; so what it holds may come twice, and the script takes it once.
 */
import { isLockable, malformed, type RecordKey } from '@rowlock/protocol';
import { boundedText, errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import type { Reports } from '../store/attemptStore.ts';

/** A script lets go of as many in about 10 ms. */
const MAX_DONE_PER_FLUSH = 10_000;
const MAX_FAILED_PER_FLUSH = 1_000;
/** As many failed rows are kept with their reasons; the rest are counted. */
const MAX_FAILED_KEPT = 10_000;
const MAX_LINES_KEPT = 200;
const MAX_LINE_LENGTH = 500;
const MAX_ITEM_ERROR_LENGTH = 500;

export interface RunReports {
  recordDone(record: RecordKey): void;
  recordFailed(record: RecordKey, error: unknown): void;
  log(text: string): void;
  /** The next flush, or the last one where that was not `written`; undefined where there is nothing to say. */
  take(): Reports | undefined;
  /** What was taken is in Redis. */
  written(): void;
  /** Whether there is nothing to say but of rows that can be let go. */
  isEmpty(): boolean;
  /** The lease is about to end: nothing has to be let go any more. */
  keepDone(): void;
}

export function createRunReports(clock: Clock): RunReports {
  let taken: Reports | undefined;
  const done = new Set<RecordKey>();
  /** Every failed record that is kept: one that fails twice is one row */
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
      // Only the newest are kept anyway. Cut now and then, not with each line.
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
  if (!isLockable(record)) throw new TypeError(`ctx.${verb}: ${malformed(boundedText(record, 80))}`);
}
