/**
 * The part of a task that the watchers of its rows may see. PROTOCOL.md states the rule, which applies to watched rows and
 * to conflicts.
 */
import type { LeaseView, TaskView } from '@rowlock/protocol';

/** Replaces the label of a task that the watcher may not watch. */
const HIDDEN_LABEL = 'A task';

/** Rowlock's own task ids are UUIDs. */
const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The task whose permission decides whether the holder's label is shown. An application's own work has no task, so its label
 * is always shown.
 */
export const findHoldingTask = ({ holder: { type, id } }: LeaseView): string | undefined =>
  type === 'task' && TASK_ID.test(id) ? id : undefined;

/** For a watcher who may watch the task: all fields but the result, which only the task itself shows. */
export function withoutResult({ result: _result, ...task }: TaskView): TaskView {
  return task;
}

/** For a watcher who may not watch the task: only that a task holds the row, for whom, since when, and how many rows. */
export const hideTask = (lease: LeaseView): LeaseView => ({
  ...lease,
  holder: { ...lease.holder, label: HIDDEN_LABEL },
});
