/** The data attributes of `<TaskDashboard>`, for your own CSS: `.rowlock-dashboard[data-stale]`. */
export const taskDashboardAttributes = {
  /** Present while the tasks may be out of date */
  stale: 'data-stale',
} as const;

/** Those of its rows: `.rowlock-dashboard-row[data-state='failed']`. */
export const taskRowAttributes = {
  /** The state of the task, as of `<TaskProgress>` */
  state: 'data-state',
} as const;
