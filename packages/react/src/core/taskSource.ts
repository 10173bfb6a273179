/** Where a screen of tasks gets them from: the live channel, or the REST routes. */
import type { FailedRecord, TaskFilter } from '@rowlock/protocol';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { WatchedTaskList } from './taskLists.ts';
import type { TaskRequests } from './taskRequests.ts';
import type { TaskSnapshot } from './taskSnapshot.ts';

interface Failure {
  ok: false;
  error: RowlockClientError;
}

/** A line that a task wrote to its log. */
export interface TaskLogLine {
  /** Unix time in ms by the Redis server's clock, for display only */
  at: number;
  text: string;
}

/** `failures`: at most the first 10,000, in the order of their keys. `total`: how many there are. */
export type TaskFailuresOutcome = { ok: true; total: number; failures: readonly FailedRecord[] } | Failure;

/** The newest 200 lines, oldest first. */
export type TaskLogOutcome = { ok: true; lines: readonly TaskLogLine[] } | Failure;

/** Tasks as a screen sees them, and what it may ask of them. `client.tasks` is one; `createTaskPolling` makes another. */
export interface TaskSource extends Pick<TaskRequests, 'cancel' | 'retry'> {
  /** Watches one task until the returned function is called. */
  watch(id: string, listener: () => void): () => void;
  /** The same object for as long as nothing that it shows has changed. */
  get(id: string): TaskSnapshot;
  /** The tasks that match a filter, newest launch first. Default filter: all tasks that the user may see. */
  list(filter?: TaskFilter): WatchedTaskList;
  /** The rows of a task that failed, with their reasons. Asks `GET /tasks/:id/failures` once. Never rejects. */
  failures(id: string): Promise<TaskFailuresOutcome>;
  /** The lines that a task has written to its log. Asks `GET /tasks/:id/log` once. Never rejects. */
  log(id: string): Promise<TaskLogOutcome>;
}
