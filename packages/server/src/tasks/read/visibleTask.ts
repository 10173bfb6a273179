/**
 * What somebody who may watch a row sees of the task that holds it. The rule is in PROTOCOL.md ("What a row tells of its
 * holder"), and holds for watched rows and for conflicts alike.
 */
import type { LeaseView, TaskView } from '@rowlock/protocol';

/** Instead of the label of a task that the watcher may not watch. */
const HIDDEN_LABEL = 'A task';

/** Rowlock makes them itself: UUIDs. */
const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The task whose permission decides about the holder's label. An application's own work has no task, and hides nothing. */
export const findHoldingTask = ({ holder: { type, id } }: LeaseView): string | undefined =>
  type === 'task' && TASK_ID.test(id) ? id : undefined;

/** For a watcher who may watch the task: all but its result, which belongs to those who ask for the task itself. */
export function withoutResult({ result: _result, ...task }: TaskView): TaskView {
  return task;
}

/** For a watcher who may not watch the task: that a task holds the row, for whom, since when, and how many rows. */
export const hideTask = (lease: LeaseView): LeaseView => ({
  ...lease,
  holder: { ...lease.holder, label: HIDDEN_LABEL },
});
