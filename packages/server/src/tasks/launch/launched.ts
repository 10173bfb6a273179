/** The answer to a launch. */
import type { Conflict, RecordKey, TaskView } from '@rowlock/protocol';

export interface Launched {
  task: TaskView;
  /** With `skip`: the records that were blocked, which the task does not get */
  skipped: readonly RecordKey[];
  /** With `skip`: the blocking leases, with their tasks. With `wait`: the first 20 of them, holders before waiters */
  conflicts: readonly Conflict[];
  /** The number of blocking leases, even if not all are named */
  conflictCount: number;
}
