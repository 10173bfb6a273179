/** What is compared: one way to hold many records at once. */
export interface LockSystem {
  /** As in tables and in JSON. */
  readonly name: string;
  /** Opens it on the servers of this run; its connections are its own, and `close` ends them. */
  open(servers: Servers): Promise<OpenLockSystem>;
}

export interface Servers {
  redisUrl: string;
  /** A database of this run alone */
  postgresUrl: string;
}

export interface OpenLockSystem {
  /** Takes all of these records; resolves to what renews, hands over and frees them. */
  acquire(ids: readonly string[]): Promise<HeldRecords>;
  /**
   * Work that a release leaves for later, done to its end here. It is timed as a case of its own, so that it is hidden
   * neither in `release` nor altogether.
   */
  clearUp?(): Promise<void>;
  /** One of several that want the same record, by the system's own way to wait and with its own defaults. */
  contender?(holderId: string): Contender;
  close(): Promise<void>;
}

/** What a system has no word for is absent. */
export interface HeldRecords {
  renew?(): Promise<void>;
  /** Gives all of it to another holder, without a gap. */
  transfer?(): Promise<void>;
  release(): Promise<void>;
}

export interface Contender {
  /** Waits, however long, until it has the record; resolves to what frees it. */
  lock(id: string): Promise<() => Promise<void>>;
}

/** All systems are asked for the same time to live. */
export const TTL_MS = 60_000;

/** As long as nobody gets in the way, a system that is refused has been measured wrongly. */
export function insist(isGranted: boolean, what: string): void {
  if (!isGranted) throw new Error(`${what} was refused, though nobody else holds these records.`);
}
