/** The data attributes of `<IdleWarning>`, for your own CSS: `.rowlock-idle[data-soon]`. */
export const idleWarningAttributes = {
  /** Present in the last 30 s */
  soon: 'data-soon',
} as const;
