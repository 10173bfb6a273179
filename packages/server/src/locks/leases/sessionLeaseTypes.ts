/** The leases of people, as the gateway asks for them. */
import type {
  Actor,
  Conflict,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseLost,
  LeaseSecret,
  LockMode,
  LockScope,
  OnConflict,
  OwnedLease,
  OwnedWaitingLease,
  RecordKey,
} from '@rowlock/protocol';
import type { LeaseSession } from './keptLease.ts';
import type { RecordsOfChange } from './keptLeases.ts';

/** Conflicts as this session may see them. It is awaited before the session counts as the holder: no event comes before the answer */
type DescribeForSession = (conflicts: readonly Conflict[]) => Promise<Conflict[]>;

interface SessionRequest {
  holder: Holder;
  records: readonly RecordKey[];
  mode: LockMode;
  /** Default `record` */
  scope?: LockScope;
}

interface SessionAcquire extends SessionRequest {
  /** Default `refuse` */
  onConflict?: OnConflict;
  /** False takes nothing over from another tab of the user. Default true */
  moves?: boolean;
  /** Default: conflicts as they are */
  describe?: DescribeForSession;
}

export interface SessionTakeOver extends SessionRequest {
  by: Actor;
  reason: string;
}

/** The answer to a request for records. */
export type SessionAcquired =
  /** `records`: those that were acquired. `conflicts`: what blocks the others */
  | { kind: 'acquired'; lease: OwnedLease; records: readonly RecordKey[]; conflicts: readonly Conflict[] }
  | { kind: 'waiting'; waiting: OwnedWaitingLease; conflicts: readonly Conflict[] };

/** The answer to `resume`. */
type SessionResumed =
  | { kind: 'acquired'; lease: OwnedLease; records: RecordKey[] }
  | { kind: 'waiting'; waiting: OwnedWaitingLease; records: RecordKey[]; conflicts: readonly Conflict[] };

export interface SessionLeases {
  /** @throws {ConflictError} {DeadlockError} */
  acquire(session: LeaseSession, request: SessionAcquire): Promise<SessionAcquired>;
  /**
   * Ends the leases that block, if the application permits it, and acquires the records in the same step.
   * @throws {RowlockError} `forbidden`; {ConflictError}
   */
  takeOver(session: LeaseSession, request: SessionTakeOver): Promise<OwnedLease>;
  /**
   * Adds records to a lease in force, in the lease's own scope. `records`: those of the request that it covers now.
   * @throws {ConflictError} {LeaseLostError}; {RowlockError} `bad_request` if the lease waits
   */
  extend(
    leaseSecret: LeaseSecret,
    request: { records: readonly RecordKey[]; onConflict: 'refuse' | 'skip' },
  ): Promise<{ lease: OwnedLease; records: readonly RecordKey[]; conflicts: readonly Conflict[] }>;
  /** @throws {LeaseLostError} */
  resume(
    session: LeaseSession,
    leaseSecret: LeaseSecret,
    options: { actorId: string; nextSecret?: string | undefined; describe?: DescribeForSession },
  ): Promise<SessionResumed>;
  /** The records of a lease, in force or waiting, for its own actor only: to check permissions before. @throws {LeaseLostError} */
  getRecords(leaseId: LeaseId, actorId: string): Promise<{ records: readonly RecordKey[]; scope: LockScope }>;
  /** Ends a lease, in force or waiting, or releases some of its records. Answers how many it still covers. */
  release(leaseSecret: LeaseSecret, records?: readonly RecordKey[]): Promise<number>;
  /** Another server will serve the session: its leases stay for their TTL, so that it can resume them there. */
  handOver(session: LeaseSession): void;
  /** The session is disconnected: its leases end after the disconnect grace, unless they are resumed. */
  noteDisconnected(session: LeaseSession): void;
  /**
   * A session that can prove its leases is closing. They end after the disconnect grace, but not before a live connection had the
   * time to renew them.
   */
  announceClose(leaseSecrets: readonly LeaseSecret[]): Promise<void>;
  /**
   * Renews every lease now. After an outage of Redis, sessions get lost leases again, and learn at once which ones have
   * ended
   */
  renewAll(): Promise<void>;
  /** The wait list has moved: sessions learn of new positions, and of records that they hold now. */
  renewWaiting(): void;
  /** The change log reports that a lease covers further records, or no longer covers some. `read` is called only if it is kept here. */
  noteRecords(leaseId: LeaseId, read: () => RecordsOfChange): void;
  /**
   * The change log reports that a lease has another holder. If that is a task, the session learns it only when the transfer
   * has proven to last: if the task cannot be launched, the session has its lease again.
   */
  noteTransferred(leaseId: LeaseId, isToTask: boolean): void;
  /** The change log reports that a lease has ended. */
  noteEnded(lost: LeaseLost): void;
  /** The session has ended with its leases: this process renews them no longer. */
  noteSessionEnded(sessionId: string): void;
  /** Ends every lease of a session that this process keeps. */
  endLeasesOfSession(session: LeaseSession, reason: LeaseEnd): Promise<void>;
  /** Ends every lease of the actor that this process keeps. */
  endLeasesOf(actorId: string): Promise<void>;
  /** The connected session that holds a lease, or waits with it, in this process */
  getSession(leaseId: LeaseId): LeaseSession | undefined;
  /** The leases of connected sessions, without those that wait */
  listKept(): LeaseId[];
  /** Ends a lease that this process keeps, as its session would. */
  releaseOwn(leaseId: LeaseId): Promise<void>;
  /** Ends a lease of this session, in force or waiting, and notifies it. Does nothing if the session no longer holds it. */
  end(session: LeaseSession, leaseId: LeaseId, reason: LeaseEnd): Promise<void>;
  /** The leases of the session, in force or waiting, each with its records now */
  listRequests(
    session: LeaseSession,
  ): { leaseId: LeaseId; records: readonly RecordKey[]; scope: LockScope }[];
  /** Waiting leases count too */
  getLeaseCount(session: LeaseSession): number;
  /** The sessions that hold a lease, or wait for one */
  listHolders(): Set<LeaseSession>;
  /** How long ago each of the session's leases was renewed, at most. `position`: of those that wait */
  listAges(session: LeaseSession): { leaseId: LeaseId; ageMs: number; position?: number }[];
  /** Stops renewing. Leases stay for their TTL, so that sessions can resume them elsewhere. */
  close(): void;
}
