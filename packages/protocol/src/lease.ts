/** Leases as others see them: who holds, since when, and in which mode. A lease's secret is never part of it. */

/** The authenticated user, as the server's `authenticate` gives it. */
export interface Actor {
  /** The application's own id of the user */
  id: string;
  /** For people to read: "Ann Lee" */
  name: string;
}

/** Every type of holder. */
export const HOLDER_TYPES = [
  /** A task */
  'task',
  /** One session of a user. A browser tab is a session */
  'person',
] as const;
export type HolderType = (typeof HOLDER_TYPES)[number];

/** The holder of a lease: a `task`, or a `person` (one session of a user). */
export interface Holder {
  /** A `person` is one session of a user */
  type: HolderType;
  /** The task's id, or the session id */
  id: string;
  /** For people to read: "Normalise names", "Edit Paris" */
  label: string;
  /** On whose behalf */
  actor: Actor;
  /** Other tabs of the same user may hold its records too. Only with the server's setting `sameUser: 'share'` */
  sharesWithUser?: true;
}

/** Every mode of a lease. */
export const LOCK_MODES = [
  /** No other lease covers the record */
  'exclusive',
  /** Any number of shared leases cover the record, and no exclusive one */
  'shared',
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** Every scope of a lock. */
export const LOCK_SCOPES = [
  /** That row alone */
  'record',
  /** That row, and all that has it among its ancestors */
  'subtree',
] as const;
export type LockScope = (typeof LOCK_SCOPES)[number];

/** Every way to answer a request of which some records are blocked. */
export const ON_CONFLICT = [
  /** Acquire nothing. The error `conflict` names every lease that blocks */
  'refuse',
  /** Acquire the records that are free. The error is `conflict` if none is */
  'skip',
  /** Get a position in the wait list, and all of the records when they are free */
  'wait',
] as const;
export type OnConflict = (typeof ON_CONFLICT)[number];

/** Decimal digits; opaque to clients. */
export type LeaseId = string;

/** A lease as others see it: everything but its secret. */
export interface LeaseView {
  id: LeaseId;
  holder: Holder;
  mode: LockMode;
  /** When the lease came into force: Unix time in ms by the Redis server's clock, for display only */
  since: number;
  /** How many records the lease covers */
  recordCount: number;
}

/** Every reason for which a lease ends. */
export const LEASE_ENDS = [
  /** Its holder released it */
  'released',
  /** Its task reached a final state */
  'ended',
  /** Nobody renewed it within its TTL */
  'expired',
  /** The tab was closed, or stayed disconnected for longer than the disconnect grace */
  'closed',
  /** Its user signed out, or the application disconnected them */
  'signed out',
  /** Its task no longer exists: its job was removed, or was never added to the queue */
  'vanished',
  /** Somebody with the permission took its records over */
  'taken over',
  /** Another tab of the same user holds its records now */
  'moved',
  /** Its holder lost the permission to hold it */
  'not permitted',
  /** Nobody was active in its tab for too long */
  'idle',
  /** It only waited for its records, and its holder stopped waiting */
  'stopped waiting',
] as const;
/** Why a lease ended. */
export type LeaseEnd = (typeof LEASE_ENDS)[number];

/** A lease as only its holder sees it. The secret proves ownership: renew, release and guarded writes ask for it. */
export interface OwnedLease {
  id: LeaseId;
  /** 16 to 64 of `A–Z a–z 0–9 _ -` */
  secret: string;
  /** The fencing token: an integer that rises with every lease of a namespace, as decimal digits */
  fence: string;
  /** How long the lease lives without a renewal, in ms */
  ttlMs: number;
  /** How many records the lease covers */
  recordCount: number;
}

/** A lease that waits for its records, as only its holder sees it. It covers nothing yet. */
export interface OwnedWaitingLease {
  id: LeaseId;
  /** As of an `OwnedLease` */
  secret: string;
  /**
   * How long its position lasts without a renewal, in ms. The server renews it while the session is connected. A client over HTTP
   * renews it itself
   */
  ttlMs: number;
  /** How many records it waits for */
  recordCount: number;
  /** Its position in the wait list. 1 is next */
  position: number;
}
