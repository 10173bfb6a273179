import type { LeaseView, LockMode, TaskView } from '@rowlock/protocol';

/** How one record stands for this tab. */
export interface RecordLock {
  /**
   * - `free`: no lease covers it
   * - `held`: this tab holds it
   * - `person`, `task`: somebody else's lease covers it, a person's or a task's
   * - `unknown`: the server has not answered yet, or refuses to
   */
  kind: 'free' | 'held' | 'person' | 'task' | 'unknown';
  /** The lease in force. If several shared leases are, one of them */
  lease?: LeaseView;
  /** All leases in force on the record. Several of them are shared ones */
  leases: readonly LeaseView[];
  /** With `task`: the task, if the user may see it */
  task?: TaskView;
  /** True while this may be out of date: the connection is down or uncertain, or the first answer is under way */
  isStale: boolean;
}

/** Before the first request, and in server rendering. */
export const UNKNOWN_LOCK: RecordLock = Object.freeze({ kind: 'unknown', leases: [], isStale: true });

/** For a row that does not exist yet: nobody can hold it. */
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
