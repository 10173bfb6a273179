/** The data attributes of `<LockBadge>`, for your own CSS: `.rowlock-badge[data-kind='person']`. */
export const lockBadgeAttributes = {
  /** `free`, `held` (by this tab), `person`, `task` or `unknown` */
  kind: 'data-kind',
  /** `compact` or `full` */
  size: 'data-size',
  /** Present while the badge may be out of date */
  stale: 'data-stale',
  /** Present if no worker runs the task that blocks the row */
  noWorker: 'data-no-worker',
} as const;
