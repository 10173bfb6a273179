/** The data attributes of `<PresenceAvatars>`, for your own CSS: `.rowlock-presence[data-stale]`. */
export const presenceAvatarsAttributes = {
  /** Present while the viewers may be out of date */
  stale: 'data-stale',
  /** Present while the names are shown by a press */
  open: 'data-open',
} as const;
