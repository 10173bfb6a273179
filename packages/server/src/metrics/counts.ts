/** What a process counts of itself, always: plain numbers, read when somebody asks. */
import type { TaskState } from '@rowlock/protocol';
import type { LogEntry } from '../changeLog/entry.ts';
import { ConflictError, DeadlockError, RowlockError, UnavailableError } from '../errors.ts';
import type { FinalState } from '../tasks/store/taskStore.ts';
import type { ReconcilerAction } from '../tasks/upkeep/reconcile/outcome.ts';

/**
 * How a request for records came out. `granted`: also a part of them (`skip`). `waiting`: it took a position in the wait list.
 * `refused`: the request was malformed or not allowed, or Redis has just been restarted. `failed`: anything else
 */
export type AcquireResult =
  | 'granted'
  | 'waiting'
  | 'conflict'
  | 'deadlock'
  | 'refused'
  | 'unavailable'
  | 'failed';

export interface Counts {
  acquires: Record<AcquireResult, number>;
  reconcilerActions: Record<ReconcilerAction, number>;
  /** Tasks that have ended anywhere in the namespace, as this process has read it in the log */
  taskEnds: Record<FinalState, number>;
}

export const createCounts = (): Counts => ({
  acquires: { granted: 0, waiting: 0, conflict: 0, deadlock: 0, refused: 0, unavailable: 0, failed: 0 },
  reconcilerActions: {
    settled: 0,
    expired: 0,
    'worker-back': 0,
    'worker-missing': 0,
    paused: 0,
    resumed: 0,
    forgotten: 0,
  },
  taskEnds: { completed: 0, failed: 0, cancelled: 0 },
});

export function resultOfError(error: unknown): AcquireResult {
  if (error instanceof DeadlockError) return 'deadlock';
  if (error instanceof ConflictError) return 'conflict';
  if (error instanceof UnavailableError) return 'unavailable';
  return error instanceof RowlockError ? 'refused' : 'failed';
}

const END_EVENTS: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'] satisfies TaskState[]);

export function countEnds({ taskEnds }: Counts, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    if (entry.kind === 'task' && END_EVENTS.has(entry.event)) taskEnds[entry.event as FinalState]++;
  }
}
