/** When a task releases its records. Pure. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import { estimatePace, msFor } from './pace.ts';
import { getWork, type PaceHistory } from './paceHistory.ts';
import { FREE, type RecordForecast, unknown } from './recordForecast.ts';

/** The needs of tasks with one name. */
export interface Experience {
  msPerRecord: number;
  /** They release their records one by one */
  isReleasing: boolean;
}

/** When a lease releases the record at a place, or its last one without a place. Never earlier for a later place. */
export type Timeline = (place?: number | null) => RecordForecast;

/** A task that holds its records. */
export function forecastRunning(
  task: TaskView,
  known: { history: PaceHistory | undefined; experience: Experience | undefined; nowMs: number },
): Timeline {
  const { history, experience, nowMs } = known;
  if (isFinal(task.state)) return always(FREE);
  if (task.isPaused) return always(unknown('paused'));
  if (!task.hasWorker) return always(unknown('no-worker'));
  if (task.cancelRequested) return always(unknown('stopping'));
  const pace = history && estimatePace(history.intervals);
  const work = getWork(task);
  if (!pace || !work || history.unit !== work.unit) {
    return forecastStart(task, { experience, startMs: Math.max(nowMs, task.notBefore ?? 0) });
  }
  // The next report is due after the usual time. Beyond it, the task pauses, and its end moves on.
  const isRunning = task.state === 'running' && task.attempt === history.attempt;
  const sinceMs = isRunning ? Math.max(0, nowMs - history.sinceMs) : 0;
  const fromMs = nowMs - Math.min(sinceMs, history.gapMs);
  const left = Math.max(0, work.total - work.done);
  return (place) => {
    // A record that was passed has failed, and stays locked until the end.
    const isAhead = work.unit === 'records' && typeof place === 'number' && place >= work.done;
    const units = isAhead ? Math.min(place + 1 - work.done, left) : left;
    return { kind: 'at', atMs: Math.max(nowMs, fromMs + msFor(pace, units)) };
  };
}

/** A task that begins at that time. */
export function forecastStart(
  { recordCount }: Pick<TaskView, 'recordCount'>,
  { experience, startMs }: { experience: Experience | undefined; startMs: number },
): Timeline {
  if (!experience) return always(unknown('no-rate'));
  const { msPerRecord, isReleasing } = experience;
  return (place) => {
    const isOwnTime = isReleasing && typeof place === 'number';
    const records = isOwnTime ? Math.min(place + 1, recordCount) : recordCount;
    return { kind: 'at', atMs: startMs + records * msPerRecord };
  };
}

/** The needs of other tasks with its name, by the run of this one. Undefined before its pace is known. */
export function readExperience(task: TaskView, history: PaceHistory | undefined): Experience | undefined {
  const work = getWork(task);
  const pace = history && estimatePace(history.intervals);
  if (!work || !pace || history.unit !== work.unit || task.recordCount === 0) return undefined;
  const seenMs = history.intervals.reduce((sum, { ms }) => sum + ms, 0);
  const seen = history.intervals.reduce((sum, { units }) => sum + units, 0);
  const left = Math.max(0, work.total - work.done);
  const msPerUnit = (seenMs + msFor(pace, left)) / (seen + left);
  const units = work.unit === 'records' ? 1 : work.total / task.recordCount;
  return { msPerRecord: msPerUnit * units, isReleasing: work.unit === 'records' };
}

export const always =
  (forecast: RecordForecast): Timeline =>
  () =>
    forecast;
