/** The verbs of the lock registry and their answers. `registry.ts` makes one; an application uses `createLocks`. */
import type {
  Conflict,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseSecret,
  LeaseView,
  LockMode,
  OwnedLease,
  OwnedWaitingLease,
  RecordKey,
} from '@rowlock/protocol';
import type { AcquireOutcome, AcquireStep, StepOutcome } from './acquireReply.ts';
import type { Coverage } from './coverage.ts';
import type { CoveredResources } from './coveredResources.ts';
import type { Ancestors } from './hierarchy.ts';
import type { FoundLease, LeaseFilter, LeasePage } from './listing.ts';
import type {
  AcquiredLease,
  AcquireRequest,
  LeaseExpiry,
  LeaseRequest,
  RevokeRequest,
  TakeOverRequest,
  WaitRequest,
} from './requests.ts';
import type { WorkOrder } from './workOrder.ts';

interface ResumedLease extends OwnedLease {
  records: RecordKey[];
  /** Its records that stand for all below them */
  subtrees: RecordKey[];
  holder: Holder;
  mode: LockMode;
  /** The count of renewals, this resumption included */
  heartbeat: number;
}

/** The answer to the renewal of a waiting lease. */
export type RenewedWait = (
  | { kind: 'acquired'; lease: AcquiredLease }
  /** 1 is next */
  | { kind: 'waiting'; position: number }
) & {
  /** As `expire` compares it */
  heartbeat: string;
};

export interface ResumedWait {
  kind: 'waiting';
  waiting: OwnedWaitingLease;
  records: RecordKey[];
  /** Its records that stand for all below them */
  subtrees: RecordKey[];
  holder: Holder;
  mode: LockMode;
  heartbeat: string;
  /** The leases that block it */
  blockers: LeaseId[];
}

/** A lease of a proven holder. */
export interface ProvenLease extends LeaseSecret {
  fence: string;
}

/** Which leases cover which records at `position`, also through a lock on an ancestor. Free records are absent. */
export interface RecordLocks {
  position: string;
  held: Map<RecordKey, LeaseId[]>;
  leases: Map<LeaseId, LeaseView>;
}

/** A lease that covers a record, or waits for it. */
export interface RecordHolder {
  lease: LeaseView;
  isWaiting: boolean;
}

export interface Extension {
  /** New: somebody else may have written the added records under a higher fence than the lease had */
  fence: string;
  /** How many records the lease covers now */
  recordCount: number;
  skipped: readonly RecordKey[];
  conflicts: readonly Conflict[];
}

export interface LockRegistry {
  /** All of the records, or none; with `skip` the free ones. @throws {ConflictError} naming every blocking lease */
  acquire(request: AcquireRequest): Promise<AcquiredLease>;
  /** All of the records if they are free, else a position in the wait list. @throws {DeadlockError} */
  acquireOrWait(request: LeaseRequest): Promise<AcquireOutcome>;
  /** Renews a waiting lease: acquired by now, or its position (1 is next). @throws {LeaseLostError} */
  renewWaiting(leaseSecret: LeaseSecret, ttlMs: number): Promise<RenewedWait>;
  /**
   * Resumes a waiting lease, as `resume` does with one in force. The answer is `acquired` if it has come into force: then call
   * `resume`. @throws {LeaseLostError}
   */
  resumeWaiting(
    leaseSecret: LeaseSecret,
    nextSecret?: string,
    actorId?: string,
  ): Promise<ResumedWait | { kind: 'acquired' }>;
  /**
   * Leaves the wait list. The answer is the lease if it came into force before, else which of `leaseIds` still exist.
   */
  stopWaiting(
    leaseSecret: LeaseSecret,
    ttlMs: number,
    leaseIds: readonly LeaseId[],
  ): Promise<{ kind: 'acquired'; lease: AcquiredLease } | { kind: 'stopped'; remaining: LeaseId[] }>;
  /** Adds records to a lease, at most `MAX_RECORDS_PER_STEP` a call. Never waits. @throws {ConflictError} {LeaseLostError} */
  extend(
    leaseSecret: LeaseSecret,
    request: Pick<AcquireRequest, 'records' | 'scope' | 'onConflict'>,
  ): Promise<Extension>;
  /** Renews the lease. Answers how often it was renewed. @throws {LeaseLostError} */
  renew(leaseSecret: LeaseSecret): Promise<number>;
  /** How often the lease was renewed; with a letter if it waits. Does not prolong it. @throws {LeaseLostError} */
  getHeartbeat(leaseSecret: LeaseSecret): Promise<number | string>;
  /** Ends the lease. @throws {LeaseLostError} */
  release(leaseSecret: LeaseSecret, reason?: LeaseEnd): Promise<void>;
  /** Releases some records; without any left the lease ends. Answers how many are left. @throws {LeaseLostError} */
  releaseRecords(leaseSecret: LeaseSecret, records: readonly RecordKey[]): Promise<number>;
  /**
   * Transfers the lease to another holder without a gap: new secret, new fence, the same id. A second call with the same
   * `nextSecret` succeeds again. @throws {LeaseLostError}
   */
  transfer(
    leaseSecret: LeaseSecret,
    to: { holder: Holder; ttlMs?: number; expiry?: LeaseExpiry; nextSecret?: string },
  ): Promise<OwnedLease>;
  /** Ends the leases in `leaseIds` and acquires the records, in one step. Checks no permission. @throws {ConflictError} */
  takeOver(request: TakeOverRequest): Promise<AcquiredLease>;
  /**
   * Ends leases that are in force or wait, and acquires nothing. Checks no permission. Answers the ids of the ended
   * leases, without those that had ended before.
   */
  revoke(request: RevokeRequest): Promise<LeaseId[]>;
  /** The leases that block a request. Acquires nothing. */
  getConflicts(request: Pick<LeaseRequest, 'records' | 'mode' | 'scope'>): Promise<Conflict[]>;
  /** Acquires a lease again that a restart of Redis has lost, under its old id. @throws {LeaseLostError} */
  reassert(leaseSecret: LeaseSecret, request: LeaseRequest): Promise<AcquiredLease>;
  /**
   * Waits again, under its old id and at the end of the wait list, with a lease that a restart of Redis has lost while it
   * waited. At most `MAX_RECORDS_PER_STEP`. @throws {LeaseLostError} {DeadlockError}; {RestartGraceError}: try again later
   */
  rejoin(leaseSecret: LeaseSecret, request: LeaseRequest): Promise<AcquireOutcome>;
  /** Ends a lease if its heartbeat is still `heartbeat`. Answers whether it did. */
  expire(leaseId: LeaseId, heartbeat: number | string, reason: LeaseEnd): Promise<boolean>;
  /**
   * Resumes a lease. The answer contains the new secret, and the old one is void. A second call with the same `nextSecret`
   * succeeds again. With `actorId`, any other actor is refused. @throws {LeaseLostError}
   */
  resume(leaseSecret: LeaseSecret, nextSecret?: string, actorId?: string): Promise<ResumedLease>;
  /**
   * The lease's fence and holder, and which of the records it does not cover exclusively. With `actorId`, any other actor is refused.
   * @throws {LeaseLostError}
   */
  prove(
    leaseSecret: LeaseSecret,
    records: readonly RecordKey[],
    actorId?: string,
  ): Promise<{ fence: string; holder: Holder; uncovered: RecordKey[] }>;
  /**
   * The leases of a holder that cover some of the records exclusively, and the records that none of them covers. The caller
   * has proven who the holder is, by a session's secret
   */
  proveHolder(
    holder: Pick<Holder, 'type' | 'id'> & { actorId: string },
    records: readonly RecordKey[],
  ): Promise<{ leases: ProvenLease[]; uncovered: RecordKey[] }>;
  /** A new fence that these leases have in common, for a write under all of them. @throws {LeaseLostError} if one is not in force */
  raiseFences(leaseSecrets: readonly LeaseSecret[]): Promise<string>;
  isInForce(leaseId: LeaseId): Promise<boolean>;
  /** Which leases cover these records now. `ancestors`: as `getAncestors` answered, else the registry asks for them. */
  check(records: readonly RecordKey[], ancestors?: Ancestors): Promise<RecordLocks>;
  /** The ancestors of each record, from the application's resolver. Records without ancestors are absent. */
  getAncestors(records: readonly RecordKey[]): Promise<Map<RecordKey, readonly RecordKey[]>>;
  /** The leases that cover each record now or wait for it, in the order in which they came. Free records are absent. */
  listHolders(records: readonly RecordKey[]): Promise<Map<RecordKey, RecordHolder[]>>;
  /** Those of these leases that are in force or wait. */
  find(leaseIds: readonly LeaseId[]): Promise<FoundLease[]>;
  /** The leases in force, oldest first. */
  list(filter?: LeaseFilter): Promise<LeasePage>;
  /** The records of leases; no records for a lease that has ended and is swept. */
  getCoverage(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, Coverage>>;
  /** The records of leases in the order in which they were added, with those that are released by now. */
  getWorkOrder(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, WorkOrder>>;
  /** The leases that each waiting lease waits for, by the id of the waiting one. */
  listAwaited(waiting: readonly LeaseId[]): Promise<Map<LeaseId, LeaseId[]>>;
  /** Clears entries of ended leases, one chunk a call. Answers whether there may be more. */
  sweep(): Promise<boolean>;
  /**
   * Opens a new epoch if Redis has restarted, and ends its restart grace when it is over. It always writes, so it
   * succeeds only if Redis accepts writes. @throws {UnavailableError}
   */
  checkRestart(): Promise<void>;
}

/** The verbs for this package alone. */
export interface InternalRegistry extends LockRegistry {
  /** How many records of each resource these leases cover, if they are in force. Default: all leases in force */
  countRecords(leaseIds?: readonly LeaseId[]): Promise<CoveredResources>;
  acquireOrWait(request: WaitRequest): Promise<AcquireOutcome>;
  /**
   * Acquires records by a script that does more in the same step. If no single script can acquire them, they are
   * acquired in parts, without that step. @throws {ConflictError} as `acquire`
   */
  acquireBy(step: AcquireStep, request: AcquireRequest): Promise<StepOutcome>;
  /** The leases that block a request, and how many of its records. Acquires nothing. At most `MAX_RECORDS_PER_STEP` */
  survey(
    request: Pick<LeaseRequest, 'records' | 'mode' | 'scope'>,
  ): Promise<{ conflicts: Conflict[]; blockedCount: number }>;
}
