/** Bounds that the server enforces on what a browser sends. The `hello` event tells them to the client. */
export interface Limits {
  /** Records a tab may watch at once */
  watchedRecords: number;
  /** Tasks a tab may watch by their ids at once */
  watchedTasks: number;
  /** Records one `acquire` from a browser may name */
  acquiredRecords: number;
  /** Leases a tab may hold at once */
  heldLeases: number;
  /** Size of one message in bytes; a larger one ends the connection, since it is refused before it is read */
  messageBytes: number;
  /** Messages a tab may send in 10 s */
  messagesPer10s: number;
}

export const DEFAULT_LIMITS: Limits = {
  watchedRecords: 5_000,
  watchedTasks: 500,
  acquiredRecords: 1_000,
  heldLeases: 50,
  messageBytes: 2_097_152,
  messagesPer10s: 200,
};
