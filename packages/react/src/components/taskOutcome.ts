/** How a task has ended, as numbers for a sentence. Pure. */
import type { TaskView } from '@rowlock/protocol';

export interface TaskOutcome {
  kind: 'completed' | 'failed' | 'cancelled';
  /** Rows that the task has finished. Undefined if its progress does not count rows */
  doneCount?: number;
  /** All of its rows */
  totalCount: number;
  failedCount: number;
}

/** The shape beside the words */
export const OUTCOME_ICONS = { completed: 'tick', failed: 'cross', cancelled: 'stop' } as const;

/** Undefined while the task has not ended. */
export function getOutcome(task: TaskView): TaskOutcome | undefined {
  const { state, recordCount, failedCount = 0, progress } = task;
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return undefined;
  const base = { kind: state, totalCount: recordCount, failedCount };
  if (state === 'completed') return { ...base, doneCount: Math.max(0, recordCount - failedCount) };
  // Other units than rows have another total.
  const countsRows = recordCount > 0 && progress.total === recordCount;
  const hasNotBegun = task.attempt === 0 || progress.done === 0;
  if (!countsRows) return hasNotBegun ? { ...base, doneCount: 0 } : base;
  return { ...base, doneCount: Math.min(progress.done, recordCount) };
}

/** An error that people can read is one short line. Everything longer is for those who repair the task. */
export const isReadable = (error: string): boolean => error.length <= 120 && !error.includes('\n');
