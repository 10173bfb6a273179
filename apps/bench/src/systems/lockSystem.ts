/** What is compared: one way to hold many records at once. */
export interface LockSystem {
  readonly name: string;
  /** Takes all of these records; resolves to what renews and frees them. */
  acquire(ids: readonly string[]): Promise<HeldRecords>;
  /**
   * Work that a release leaves for later, done to its end here. It is timed as a case of its own, so that it is hidden
   * neither in `release` nor altogether.
   */
  clearUp?(): Promise<void>;
  close(): Promise<void>;
}

export interface HeldRecords {
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** All systems are asked for the same time to live. */
export const TTL_MS = 60_000;
