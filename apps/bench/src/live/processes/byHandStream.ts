/** The Redis stream of the progress that is forwarded by hand. */
export const BY_HAND_STREAM = 'progress-by-hand';
