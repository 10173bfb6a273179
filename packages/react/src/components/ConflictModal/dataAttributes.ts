/** The data attributes of `<ConflictModal>`, for your own CSS: `.rowlock-modal[data-free]`. */
export const conflictModalAttributes = {
  /** Present when the rows are free */
  free: 'data-free',
  /** Present while the dialog may be out of date */
  stale: 'data-stale',
} as const;

/** The data attributes of the cards in `<ConflictModal>`, one for each holder: `.rowlock-card[data-kind='task']`. */
export const holderCardAttributes = {
  /** `person` or `task` */
  kind: 'data-kind',
  /** Present when the holder has gone */
  ended: 'data-ended',
} as const;
