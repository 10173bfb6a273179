import type { LeaseView } from './lease.ts';
import type { RecordKey } from './recordKey.ts';
import type { TaskView } from './task.ts';

/** How many record keys a conflict names at most; `recordCount` counts all. */
export const CONFLICT_SAMPLE_SIZE = 20;

/** One lease that blocks a request, with the requested records that it blocks. */
export interface Conflict {
  /** The lease that blocks the request */
  lease: LeaseView;
  /** The holder's task with its progress, if the holder is a task */
  task?: TaskView;
  /** How many of the requested records this lease blocks */
  recordCount: number;
  /** The first of them, at most 20 (`CONFLICT_SAMPLE_SIZE`) */
  records: RecordKey[];
  /** True if that lease only waits for these records. It came earlier, so it is next */
  isWaiting?: boolean;
  /** True if the holder is another tab of the user who asks. Absent if nobody in particular asks */
  isSameUser?: boolean;
}
