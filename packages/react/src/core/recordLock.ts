import type { LeaseView, LockMode, TaskView } from '@rowlock/protocol';

/** How one record stands, for one tab. */
export interface RecordLock {
  /** `held`: held by this tab. `unknown`: the server has not said yet, or will not say. */
  kind: 'free' | 'held' | 'person' | 'task' | 'unknown';
  /** The lease that is in force; where several shared ones are, one of them */
  lease?: LeaseView;
  /** All leases in force on the record: more than one where they are shared */
  leases: readonly LeaseView[];
  /** The holder's task, where the holder is a task */
  task?: TaskView;
  /** True while this may be out of date: the connection is down or uncertain, or the first answer is awaited */
  isStale: boolean;
}

/** For what has not been asked for yet, and for the server's rendering. */
export const UNKNOWN_LOCK: RecordLock = Object.freeze({ kind: 'unknown', leases: [], isStale: true });

/** Of a row that does not exist yet: nobody can hold it. */
export const NOTHING_TO_LOCK: RecordLock = Object.freeze({ kind: 'free', leases: [], isStale: false });

/** Whether somebody else's lease on the record conflicts with a lease in that mode. Two shared leases do not conflict. */
export const isBlocked = (lock: RecordLock, mode: LockMode = 'exclusive'): boolean =>
  (lock.kind === 'person' || lock.kind === 'task') && !(mode === 'shared' && lock.lease?.mode === 'shared');

export const isSameLock = (a: RecordLock, b: RecordLock): boolean =>
  a.kind === b.kind &&
  a.task === b.task &&
  a.isStale === b.isStale &&
  a.lease === b.lease &&
  a.leases.length === b.leases.length &&
  a.leases.every((lease, index) => lease === b.leases[index]);
