/** The data attributes of `<StaleNotice>`, for your own CSS: `.rowlock-stale[data-open]`. */
export const staleNoticeAttributes = {
  /** Present while the user has to choose in some fields */
  open: 'data-open',
} as const;

/** The data attributes of a value in `<StaleNotice>`: `.rowlock-stale-value[data-chosen]`. */
export const staleValueAttributes = {
  /** `mine` or `theirs` */
  side: 'data-side',
  /** Present on the value that will be saved */
  chosen: 'data-chosen',
} as const;
