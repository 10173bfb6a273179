/** The data attributes of `<ReleaseRequest>`, for your own CSS: `.rowlock-release[data-busy]`. */
export const releaseRequestAttributes = {
  /** Present while the changes are saved, or the answer is sent */
  busy: 'data-busy',
} as const;
