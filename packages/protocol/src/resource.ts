/** Whole resources as others see them. */
import type { LeaseView } from './lease.ts';
import type { TaskView } from './task.ts';

/** The locks on a resource, as counts. */
export interface ResourceView {
  /** The leases in force that cover anything of this resource */
  leaseCount: number;
  /**
   * How many records of this resource these leases name. A record under two shared leases counts twice. The whole resource
   * counts as none, and of a subtree its root alone counts
   */
  recordCount: number;
  /** True if a lease covers the whole resource, so all of its records */
  isWhollyLocked: boolean;
  /** True if a lease covers something with all that is below. This may include more records of this resource */
  hasSubtreeLocks: boolean;
}

/** One lease on a resource. */
export interface ResourceLock {
  lease: LeaseView;
  /** The holder's task with its progress, if the holder is a task that the actor may watch */
  task?: TaskView;
  /** How many records of this resource the lease names, counted as in a `ResourceView` */
  recordCount: number;
  /** True if it covers the whole resource */
  isWhole: boolean;
  /** True if it covers something with all that is below. This may include more records of this resource */
  hasSubtrees: boolean;
}

/** A page of the leases on a resource. */
export interface ResourceLockPage {
  /** Oldest lease first. A lease that begins or ends meanwhile may be missing */
  locks: ResourceLock[];
  /** Continues the list, as `after`. Absent at the end of the list */
  next?: string;
}
