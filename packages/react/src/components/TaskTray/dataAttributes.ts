/** The data attributes of `<TaskTray>`, for your own CSS: `.rowlock-tray[data-open]`. */
export const taskTrayAttributes = {
  /** Present while the list is open */
  open: 'data-open',
  /** Present while the tasks may be out of date */
  stale: 'data-stale',
  /** `inline` or `corner` */
  placement: 'data-placement',
} as const;
