import type { TaskView } from '@rowlock/protocol';

export interface TaskSnapshot {
  /** The last that is known of it */
  task?: TaskView;
  /** True while this may be out of date */
  isStale: boolean;
  /** The server does not know this task (any more): how it ended cannot be told */
  isMissing: boolean;
}

export interface TaskList {
  tasks: readonly TaskView[];
  isStale: boolean;
}

export const NO_TASK: TaskSnapshot = Object.freeze({ isStale: true, isMissing: false });
export const NO_TASKS: TaskList = Object.freeze({
  tasks: Object.freeze([]) as readonly TaskView[],
  isStale: true,
});
