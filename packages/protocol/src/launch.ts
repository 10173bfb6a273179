/** The answers to a launch and to its preview. */
import type { Conflict } from './conflict.ts';
import type { RecordKey } from './recordKey.ts';
import type { TaskView } from './task.ts';

/** A launched task. */
export interface Launched {
  task: TaskView;
  /** With `skip`: the records that were blocked, which the task does not get */
  skipped: readonly RecordKey[];
  /** With `skip`: the blocking leases, with their tasks. With `wait`: the first 20 of them, holders before waiters */
  conflicts: readonly Conflict[];
  /** The number of blocking leases, even if not all are named */
  conflictCount: number;
}

/** A dry run of a launch. */
export interface Preview {
  /** The number of records that the task would lock */
  recordCount: number;
  /** The first 20 of them */
  records: readonly RecordKey[];
  /** The number of free records now */
  freeCount: number;
  /** Every blocking lease, with its task. Waiting leases are included, since they come first */
  conflicts: readonly Conflict[];
  /** The label that the task would have */
  label: string;
}

/**
 * The input and the result of each task of an application, by the task's name. `TaskTypes` of `@rowlock/server` makes it from
 * the definitions, and a client that has it checks the names and inputs of its launches.
 */
export type TaskTypeMap = Readonly<Record<string, { input: unknown; result: unknown }>>;
