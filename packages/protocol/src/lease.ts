/** Leases as others see them: who holds, since when, and in which mode. A lease's secret is never part of it. */
/** The authenticated user, as the server's `authenticate` gives it. */
export interface Actor {
  id: string;
  /** For people to read: "Ann Lee" */
  name: string;
}

/** Who holds a lease: a `task`, or a `person` (one tab of one user). */
export interface Holder {
  type: 'task' | 'person';
  /** The task's id, or the tab's session id */
  id: string;
  /** For people to read: "Normalise names", "Edit Paris" */
  label: string;
  /** On whose behalf */
  actor: Actor;
}

/** `exclusive`: alone. `shared`: any number of shared ones together, none exclusive. */
export type LockMode = 'exclusive' | 'shared';

/** `record`: that row alone. `subtree`: it and all that has it among its ancestors. */
export type LockScope = 'record' | 'subtree';

/** Decimal digits; opaque to clients. */
export type LeaseId = string;

export interface LeaseView {
  id: LeaseId;
  holder: Holder;
  mode: LockMode;
  /** Unix time in ms by the Redis server's clock; for display only */
  since: number;
  recordCount: number;
}

/** Why a lease ended. */
export type LeaseEnd =
  /** its holder let it go */
  | 'released'
  /** its task came to its final end */
  | 'ended'
  /** its heartbeat stood still for its TTL */
  | 'expired'
  /** the tab was closed, or stayed away for longer than the grace */
  | 'closed'
  /** its task is gone: removed, or never enqueued */
  | 'vanished'
  /** somebody with the permission has taken its records over */
  | 'taken over'
  /** it had only waited, and its holder gave up */
  | 'withdrawn';

/** What only the holder gets. The secret proves ownership: renew, release and guarded writes ask for it. */
export interface OwnedLease {
  id: LeaseId;
  secret: string;
  /** The fencing token: an integer that rises with every lease of a namespace, as decimal digits */
  fence: string;
  ttlMs: number;
  recordCount: number;
}
