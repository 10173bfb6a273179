/** The data attributes of `<TaskBanner>`, for your own CSS: `.rowlock-task-banner[data-state='no-worker']`. */
export const taskBannerAttributes = {
  /** The state of the task, as of `<TaskProgress>`, or `loading` before the first answer */
  state: 'data-state',
  /** Present if the user has launched the task */
  own: 'data-own',
  /** Present while the progress may be out of date */
  stale: 'data-stale',
  /** Present while the total is unknown */
  indeterminate: 'data-indeterminate',
} as const;
