/** The data attributes of `<LockBanner>`, for your own CSS: `.rowlock-lock-banner[data-kind='waiting']`. */
export const lockBannerAttributes = {
  /** `blocked`, `waiting`, `free`, `lost` or `refused` */
  kind: 'data-kind',
  /** `person` or `task`: who blocks the rows */
  holder: 'data-holder',
  /** Present while the banner may be out of date */
  stale: 'data-stale',
} as const;
