/** The lock API of an application: its options, requests and calls. */
import type { Actor, LeaseId, LeaseView, RecordKey, ReleaseAnswer } from '@rowlock/protocol';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { RunHint } from '../redis/runHint.ts';
import type { LeaseHandle } from './leases/leaseHandle.ts';
import type { LockRequest, WorkRequest } from './leases/lockRequests.ts';
import type { AuditMemory } from './registry/auditMemory.ts';
import type { AuditTrail } from './registry/auditTrail.ts';
import type { HierarchyRules } from './registry/hierarchy.ts';
import type { LeaseFilter, LeasePage } from './registry/listing.ts';
import type { InternalRegistry, LockRegistry, RecordHolder, RecordLocks } from './registry/lockRegistry.ts';
import type { LeaseRequest, RevokeRequest } from './registry/requests.ts';
import type { ReleaseRequestStore } from './releaseRequests/releaseRequestStore.ts';
import type { BeforeRevoke } from './upkeep/beforeRevoke.ts';
import type { ExpiryObserver } from './upkeep/expiryObserver.ts';
import type { Revoker } from './upkeep/revoker.ts';

export type { LockRequest, WorkRequest };

export interface TakeOver extends Omit<LeaseRequest, 'expiry'> {
  /** The actor who takes over; `authorizeTakeOver` checks their permission */
  by: Actor;
  /** For the audit trail, and for the holders that lose their leases */
  reason: string;
}

export interface TakeOverQuestion {
  actor: Actor;
  /** The lease that would end */
  lease: LeaseView;
  /** The requested records that it blocks; at most 20 of them */
  records: readonly RecordKey[];
  /** The state of the actor's request to release that lease. Absent if they have not asked */
  releaseRequest?: 'open' | Exclude<ReleaseAnswer, 'released'>;
}

export interface LocksOptions {
  /**
   * A URL such as `redis://127.0.0.1:6379/0`, or options of ioredis: `close` then ends the connection. Or an ioredis `Redis` or
   * `Cluster` of yours, which you close
   */
  redis: string | RedisOptions | Redis | Cluster;
  /** The unit of tenancy: two namespaces share nothing. 1 to 64 of letters, digits, `_`, `.`, `-` */
  namespace: string;
  /** Which resources are above which, for locks on subtrees. Default: no record has ancestors */
  hierarchy?: HierarchyRules;
  /** Whether the actor may end that lease. Any answer but `true` refuses. Default: nobody may */
  authorizeTakeOver?(question: TakeOverQuestion): boolean | Promise<boolean>;
  /**
   * Awaited before somebody else ends a lease: by a takeover, because it expired, or because its task no longer exists. Mark
   * the lease as revoked in the application's database here, before others acquire its records.
   *
   * If it throws, or does not answer within 10,000 ms, the lease stays. A takeover then fails. For other leases, a later
   * check asks again: after a late answer, or after 30,000 ms without one. No other lease waits for it, but at most 50
   * calls run at once. It may be called twice for one lease, and for a lease whose holder returns in the last moment.
   */
  beforeRevoke?: BeforeRevoke;
  /** `graceMs`: how long a restarted Redis serves only previous holders, in ms. Default 10,000 */
  recovery?: { graceMs?: number };
  /** How much of Redis's memory the audit trail may use */
  audit?: AuditMemory;
  /** Default: warnings and errors to the console */
  logger?: Logger;
  clock?: Clock;
}

export interface Locks {
  /**
   * @throws {ConflictError} naming every blocking lease, also when the waiting time is over
   * @throws {DeadlockError} if waiting would never end
   */
  acquire(request: LockRequest): Promise<LeaseHandle>;
  /**
   * Runs `fn` under a lease and releases it, however `fn` ends. Inside another `withLock` of the same holder, or inside that
   * holder's task, it joins that lease while that work runs, and extends it by the missing records. Branches under
   * one lease that lock the same records run one after the other. A lease is released after all joined work has ended.
   * @throws as `acquire`, before `fn`; {DeadlockError} if two branches would wait for each other
   */
  withLock<T>(request: WorkRequest, fn: (lease: LeaseHandle) => Promise<T>): Promise<T>;
  /**
   * Ends the blocking leases, and acquires the records in the same step.
   * @throws {RowlockError} `forbidden`; {ConflictError} if another lease blocks by now
   */
  takeOver(request: TakeOver): Promise<LeaseHandle>;
  /**
   * Ends leases, waiting ones too, and acquires nothing. Their holders are notified, and a task fails. Answers the ended
   * leases, without those that had ended before. @throws {RowlockError} `forbidden`, `bad_request`
   */
  revoke(request: RevokeRequest): Promise<LeaseView[]>;
  /** Which leases cover these records now; free records are absent. */
  check(records: readonly RecordKey[]): Promise<RecordLocks>;
  /** The leases that cover each of these records now or wait for it, in the order in which they came. */
  listHolders(records: readonly RecordKey[]): Promise<Map<RecordKey, RecordHolder[]>>;
  /** The leases in force, oldest first, page by page. */
  list(filter?: LeaseFilter): Promise<LeasePage>;
  /** The history of records and holders: who acquired, extended, lost or took over, when and why. */
  audit: AuditTrail;
  /** The bare verbs. */
  registry: LockRegistry;
  /**
   * Waits for the connection, refuses an unsuitable Redis (too old, without writes, a user without a right), warns if it may
   * evict locks, and starts the upkeep: without it, no lease expires. If it fails, it tries again until it succeeds or
   * `close` is called, and logs why; a later call waits for that. @throws {RowlockError} `unavailable`
   */
  start(): Promise<void>;
  /** The checks of heartbeats, after `start`. */
  observer(): ExpiryObserver | undefined;
  /** Stops the upkeep. Leases expire if nobody else renews them, and waiting requests are refused. */
  close(): Promise<void>;
}

/** The same, with the calls for this package alone. */
export interface InternalLocks extends Locks {
  registry: InternalRegistry;
  /** The run of Redis that this process has met on the connection of its locks */
  runHint: RunHint;
  revoker: Revoker | undefined;
  /**
   * The leases that a takeover would end, after the application has permitted it and knows of it. Ends nothing.
   * @throws {RowlockError} `forbidden`
   */
  askTakeOver(request: Pick<TakeOver, 'records' | 'mode' | 'scope' | 'by'>): Promise<LeaseId[]>;
  releaseRequests: ReleaseRequestStore;
  /** A lease of this process is a task's now: its handle has lost it. */
  markTransferred(lease: LeaseHandle): void;
  /** One attempt of the start. */
  begin(): Promise<void>;
}
