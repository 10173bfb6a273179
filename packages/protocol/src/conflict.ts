import type { LeaseView } from './lease.ts';
import type { RecordKey } from './recordKey.ts';
import type { TaskView } from './task.ts';

/** How many record keys a conflict names at most; `recordCount` counts all. */
export const CONFLICT_SAMPLE_SIZE = 20;

/** One lease that is in the way of a request, and which of the wanted records it covers. */
export interface Conflict {
  lease: LeaseView;
  /** The holder's task with its progress, where the holder is a task */
  task?: TaskView;
  /** How many of the wanted records this lease covers */
  recordCount: number;
  /** The first of them, at most `CONFLICT_SAMPLE_SIZE` */
  records: RecordKey[];
  /** True where the lease itself only waits for these records: it came earlier, so it is next */
  isWaiting?: boolean;
}
