/** How fast a task has worked: the units that it did between its reports, over all of its attempts. Pure. */
import type { TaskView } from '@rowlock/protocol';

/** The work of a task, and how far it has come. */
export interface Work {
  /**
   * - `records`: the task releases its records one by one. They are finished or failed
   * - `share`: the whole task is 1
   */
  unit: 'records' | 'share';
  done: number;
  total: number;
}

/** A time in which a task worked. */
export interface Interval {
  units: number;
  ms: number;
}

export interface PaceHistory {
  unit: Work['unit'];
  attempt: number;
  /** The units that were done at `sinceMs` */
  done: number;
  /** The last report in which units were done, or the start of the attempt. Unix time in ms */
  sinceMs: number;
  /** The usual time between two such reports, in ms. 0 before the second one */
  gapMs: number;
  /** Oldest first, at most `MOST_INTERVALS`. Pauses between attempts are not in them */
  intervals: readonly Interval[];
}

/** Older intervals are joined in pairs, so that a long task has as few as a short one. */
const MOST_INTERVALS = 64;
/**
 * A shorter interval is joined with the next one, in ms. A delayed report makes one interval longer and the next one shorter, which
 * would look like an uneven pace.
 */
const SHORT_MS = 1_000;
/** The newest gap counts for so much of the usual one. */
const GAP_WEIGHT = 0.2;
/** The window of `ratePerSecond`, in ms */
const RATE_WINDOW_MS = 10_000;

/** Undefined while the total is not known. */
export function getWork({
  progress,
  finishedCount,
  failedCount = 0,
  recordCount,
}: TaskView): Work | undefined {
  if (finishedCount !== undefined) {
    const done = finishedCount + failedCount;
    return { unit: 'records', done, total: Math.max(recordCount, done) };
  }
  const { done, total, fraction } = progress;
  if (fraction !== undefined) return { unit: 'share', done: fraction, total: 1 };
  if (total === null || total <= 0) return undefined;
  return { unit: 'share', done: Math.min(1, done / total), total: 1 };
}

/** Adds a report of a running task. `before`: as after the report before, or undefined for the first one. */
export function noteReport(
  before: PaceHistory | undefined,
  task: TaskView,
  nowMs: number,
): PaceHistory | undefined {
  const work = getWork(task);
  if (!work || task.state !== 'running') return before;
  const { unit, done } = work;
  const { attempt } = task;
  // The first finished record of an attempt arrives together with its first units.
  if (before?.unit !== unit) {
    return { unit, attempt, done, sinceMs: nowMs, gapMs: 0, intervals: readEarlier(task, work, nowMs) };
  }
  if (before.attempt !== attempt) return { ...before, attempt, done, sinceMs: nowMs };
  const units = done - before.done;
  if (units <= 0) return before;
  const ms = Math.max(0, nowMs - before.sinceMs);
  const gapMs = before.gapMs === 0 ? ms : before.gapMs + (ms - before.gapMs) * GAP_WEIGHT;
  return { ...before, done, sinceMs: nowMs, gapMs, intervals: add(before.intervals, { units, ms }) };
}

/** The time before the first report, by that report. */
function readEarlier({ attempt, startedAt, progress }: TaskView, work: Work, nowMs: number): Interval[] {
  if (work.done <= 0) return [];
  if (attempt === 1 && startedAt !== undefined && nowMs > startedAt)
    return [{ units: work.done, ms: nowMs - startedAt }];
  const { ratePerSecond, total } = progress;
  if (!ratePerSecond || !total || work.unit !== 'share') return [];
  return [{ units: (ratePerSecond * RATE_WINDOW_MS) / 1_000 / total, ms: RATE_WINDOW_MS }];
}

function add(intervals: readonly Interval[], next: Interval): readonly Interval[] {
  const last = intervals.at(-1);
  const isShort = last !== undefined && last.ms < SHORT_MS;
  const all = isShort ? [...intervals.slice(0, -1), join(last, next)] : [...intervals, next];
  if (all.length <= MOST_INTERVALS) return all;
  return all.flatMap((interval, i) => {
    if (i % 2 === 1) return [];
    const other = all[i + 1];
    return [other ? join(interval, other) : interval];
  });
}

const join = (one: Interval, other: Interval): Interval => ({
  units: one.units + other.units,
  ms: one.ms + other.ms,
});
