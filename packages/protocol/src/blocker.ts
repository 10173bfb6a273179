import type { LeaseId, LeaseView } from './lease.ts';
import type { RecordKey } from './recordKey.ts';
import type { TaskView } from './task.ts';

/** A lease that a request for the asked records would wait for: it covers some of them, or came earlier and waits for them. */
export interface Blocker {
  lease: LeaseView;
  /** The holder's task with its progress, if the holder is a task that the actor may watch */
  task?: TaskView;
  /** True if the lease only waits for its records */
  isWaiting?: true;
  /** True if the holder is another tab of the user who asks, or the tab itself */
  isSameUser?: true;
  /** The asked records that it covers or waits for */
  records: RecordKey[];
  /**
   * For each of `records`, its place in the order in which the task works on its records: 0 is the first. A place does not
   * change when records are finished. Null if it has no place of its own, as below a subtree. Absent if the order is not known, or the
   * task does not follow it
   */
  order?: (number | null)[];
  /** While it waits: the leases that it waits for, also such as are not among the blockers */
  waitsFor?: AwaitedLease[];
}

/** A lease that another one waits for. */
export interface AwaitedLease {
  leaseId: LeaseId;
  /** The last place, in that lease's order, of a record that the waiting lease wants. Absent if it is not known: until the lease ends */
  until?: number;
}
