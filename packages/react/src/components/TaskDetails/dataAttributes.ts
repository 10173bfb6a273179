/** The data attributes of `<TaskDetails>`, for your own CSS: `.rowlock-details[data-state='failed']`. */
export const taskDetailsAttributes = {
  /** The state of the task, as of `<TaskProgress>`, or `loading` before the first answer */
  state: 'data-state',
  /** Present while this may be out of date */
  stale: 'data-stale',
} as const;
