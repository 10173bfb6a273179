/** The data attributes of `<TaskProgress>`, for your own CSS: `.rowlock-progress[data-state='failed']`. */
export const taskProgressAttributes = {
  /**
   * The state of the task (`waiting`, `queued`, `running`, `retrying`, `completed`, `failed`, `cancelled`), or `stopping`,
   * `paused`, `no-worker`, `missing`, or `loading` before the first answer
   */
  state: 'data-state',
  /** Present while the progress may be out of date */
  stale: 'data-stale',
  /** Present while the total is unknown */
  indeterminate: 'data-indeterminate',
} as const;
