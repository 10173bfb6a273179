/**
 * What the lock registry can do: its verbs, and what they answer. `registry.ts` makes one; `createLocks` is what an
 * application uses.
 */
import type {
  Conflict,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseSecret,
  LeaseView,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { Claimed } from './claims.ts';
import type { Coverage } from './coverage.ts';
import type { Ancestors } from './hierarchy.ts';
import type { FoundLease, LeaseFilter, LeasePage } from './listing.ts';
import type {
  AcquireRequest,
  ClaimRequest,
  Grant,
  LeaseExpiry,
  RevokeRequest,
  TakeOverRequest,
} from './requests.ts';

interface ResumedLease extends OwnedLease {
  records: RecordKey[];
  holder: Holder;
  mode: LockMode;
  /** The count that the resumption itself has brought it to */
  heartbeat: number;
}

/** Who holds what at `position`, also by a lock on what is above; records that are free are absent. */
export interface LockSnapshot {
  position: string;
  held: Map<RecordKey, LeaseId[]>;
  leases: Map<LeaseId, LeaseView>;
}

/** One who holds a record, or waits for it. */
export interface RecordHolder {
  lease: LeaseView;
  isWaiting: boolean;
}

export interface Extension {
  /** New: somebody else may have written the added records under a higher one than the lease had */
  fence: string;
  /** How many records the lease covers now */
  recordCount: number;
  skipped: readonly RecordKey[];
  conflicts: readonly Conflict[];
}

export interface LockRegistry {
  /** All of the records, or nothing; or what is free of them. @throws {ConflictError} naming every lease in the way */
  acquire(request: AcquireRequest): Promise<Grant>;
  /** All of the records at once where they are free, else a position in the wait list. @throws {DeadlockError} */
  queue(request: ClaimRequest): Promise<Claimed>;
  /** A heartbeat of one who waits: granted by now, or its position (1 for who is next). @throws {LeaseLostError} */
  stand(
    leaseSecret: LeaseSecret,
    ttlMs: number,
  ): Promise<{ kind: 'granted'; grant: Grant } | { kind: 'waiting'; position: number }>;
  /** Gives a position up. Granted where the lease came into force before; else which of `leaseIds` still stand. */
  withdraw(
    leaseSecret: LeaseSecret,
    ttlMs: number,
    leaseIds: readonly LeaseId[],
  ): Promise<{ kind: 'granted'; grant: Grant } | { kind: 'withdrawn'; still: LeaseId[] }>;
  /** More records for a lease, at most `MAX_RECORDS_PER_STEP` a call. Never waits. @throws {ConflictError} {LeaseLostError} */
  extend(
    leaseSecret: LeaseSecret,
    request: Pick<AcquireRequest, 'records' | 'scope' | 'onConflict'>,
  ): Promise<Extension>;
  /** One more heartbeat; the answer is their count. @throws {LeaseLostError} */
  renew(leaseSecret: LeaseSecret): Promise<number>;
  /** The count of heartbeats as it stands; does not lengthen the lease's life. @throws {LeaseLostError} */
  heartbeatOf(leaseSecret: LeaseSecret): Promise<number>;
  /** Ends the lease. @throws {LeaseLostError} */
  release(leaseSecret: LeaseSecret, reason?: LeaseEnd): Promise<void>;
  /** Lets some records go; with the last of them the lease ends. How many are left. @throws {LeaseLostError} */
  free(leaseSecret: LeaseSecret, records: readonly RecordKey[]): Promise<number>;
  /**
   * Hands the lease to another holder without a gap: new secret, new fence, the same id. Asking again with the same
   * `nextSecret` succeeds again. @throws {LeaseLostError}
   */
  transfer(
    leaseSecret: LeaseSecret,
    to: { holder: Holder; ttlMs?: number; expiry?: LeaseExpiry; nextSecret?: string },
  ): Promise<OwnedLease>;
  /** Ends the leases that `evict` names and takes the records, in one step. Asks nobody for permission. @throws {ConflictError} */
  takeOver(request: TakeOverRequest): Promise<Grant>;
  /**
   * Ends leases that are in force or wait, and takes nothing. Asks nobody for permission. The ids of those that were
   * ended; one that had ended before is not among them.
   */
  revoke(request: RevokeRequest): Promise<LeaseId[]>;
  /** What is in the way of a request; takes nothing. */
  conflictsOf(request: Pick<ClaimRequest, 'records' | 'mode' | 'scope'>): Promise<Conflict[]>;
  /** Gets back a lease that a restart of Redis has lost, under its old id. @throws {LeaseLostError} */
  reassert(leaseSecret: LeaseSecret, request: ClaimRequest): Promise<Grant>;
  /** Ends a lease if its heartbeat still stands at `heartbeat`; says whether it did. */
  expire(leaseId: LeaseId, heartbeat: number | string, reason: LeaseEnd): Promise<boolean>;
  /**
   * Takes one's lease back; the answer carries the new secret and the old one is void. Asking again with the same
   * `nextSecret` succeeds again. With `actorId` it is refused to any other actor. @throws {LeaseLostError}
   */
  resume(leaseSecret: LeaseSecret, nextSecret?: string, actorId?: string): Promise<ResumedLease>;
  /**
   * The lease's fence, and which of the records it does not cover alone. With `actorId` it is refused to any other actor.
   * @throws {LeaseLostError}
   */
  prove(
    leaseSecret: LeaseSecret,
    records: readonly RecordKey[],
    actorId?: string,
  ): Promise<{ fence: string; uncovered: RecordKey[] }>;
  isInForce(leaseId: LeaseId): Promise<boolean>;
  /** Who holds which of these records now. `ancestors`: as `ancestorsOf` gave them, else they are asked for. */
  check(records: readonly RecordKey[], ancestors?: Ancestors): Promise<LockSnapshot>;
  /** What the application's resolver says is above each record; records with nothing above them are absent. */
  ancestorsOf(records: readonly RecordKey[]): Promise<Map<RecordKey, readonly RecordKey[]>>;
  /** Who holds each of these records now or waits for it, in the order in which they came; free ones are absent. */
  holders(records: readonly RecordKey[]): Promise<Map<RecordKey, RecordHolder[]>>;
  /** Those of these leases that are in force or wait; one that has ended is absent. */
  find(leaseIds: readonly LeaseId[]): Promise<FoundLease[]>;
  /** The leases in force, oldest first. */
  list(filter?: LeaseFilter): Promise<LeasePage>;
  /** What leases cover; nothing for one that has ended and is being cleared. */
  coverageOf(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, Coverage>>;
  /** Clears entries of ended leases, one chunk a call; true while there may be more. */
  sweep(): Promise<boolean>;
  /**
   * Opens a new epoch where Redis has started anew, and ends its term of grace in due time. Writes at each call: it
   * succeeds only if Redis takes writes. @throws {UnavailableError}
   */
  tendGrace(): Promise<void>;
}
