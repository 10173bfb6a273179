/** A setting of the server: the effect of a second tab of the same user on records that the first one holds. */
export const SAME_USER = [
  /** Refused, as for anybody else. The conflict says that the holder is the same user */
  'separate',
  /** Both tabs hold the records, and both may write. The records are free when both leases have ended */
  'share',
  /** The newest tab takes over the records of the older one, and never those of another user */
  'move',
] as const;
export type SameUser = (typeof SAME_USER)[number];
