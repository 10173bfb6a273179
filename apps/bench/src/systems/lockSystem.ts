/** A system to compare: a way to hold many records at once. */
export interface LockSystem {
  /** The name in tables and in JSON. */
  readonly name: string;
  /** Opens the system on the servers of this run, with its own connections. `close` ends them. */
  open(servers: Servers): Promise<OpenLockSystem>;
}

export interface Servers {
  redisUrl: string;
  /** A database for this run alone */
  postgresUrl: string;
}

export interface OpenLockSystem {
  /** Acquires all of these records. The result renews, transfers and releases them. */
  acquire(ids: readonly string[]): Promise<HeldRecords>;
  /**
   * Completes the work that a release leaves for later. It is timed as a separate case, so that its cost is visible and is
   * not part of `release`.
   */
  clearUp?(): Promise<void>;
  /** A holder among several that want the same record. It waits as the system does by default. */
  contender?(holderId: string): Contender;
  close(): Promise<void>;
}

/** A verb that the system does not have is absent. */
export interface HeldRecords {
  renew?(): Promise<void>;
  /** Transfers all of the records to another holder without a gap. */
  transfer?(): Promise<void>;
  release(): Promise<void>;
}

export interface Contender {
  /** Waits without a limit until it has the record. The result releases the record. */
  lock(id: string): Promise<() => Promise<void>>;
}

/** The time to live in all systems. */
export const TTL_MS = 60_000;

/** Fails the run if a call is refused. Nobody else holds the records, so the measured time would mean nothing. */
export function assertDone(isDone: boolean, what: string): void {
  if (isDone) return;
  throw new Error(
    `${what} was refused, although nobody else holds these records. Check the adapter of this system.`,
  );
}
