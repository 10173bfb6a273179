import type { TaskView } from '@rowlock/protocol';
import type { RowlockClientError } from './rowlockClientError.ts';

/** A task whose result has a known type. */
export type TypedTaskView<Result = unknown> = unknown extends Result
  ? TaskView
  : Omit<TaskView, 'result'> & { result?: Result };

export interface TaskSnapshot<Result = unknown> {
  /** The task as the server reported it last. Absent before that */
  task?: TypedTaskView<Result>;
  /** True while this may be out of date */
  isStale: boolean;
  /** The server does not know this task, or no longer does: nobody knows how it ended */
  isMissing: boolean;
}

export interface TaskList {
  /** Newest first */
  tasks: readonly TaskView[];
  /** True while this may be out of date */
  isStale: boolean;
  /** Older tasks match too: `loadMore` shows them */
  hasMore: boolean;
  isLoadingMore: boolean;
  /** Why the server refuses the list, or its last page */
  error?: RowlockClientError;
}

export const NO_TASK: Omit<TaskSnapshot, 'task'> = Object.freeze({ isStale: true, isMissing: false });
export const NO_TASKS: TaskList = Object.freeze({
  tasks: Object.freeze([]) as readonly TaskView[],
  isStale: true,
  hasMore: false,
  isLoadingMore: false,
});
