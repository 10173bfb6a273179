/** Changes of records: what a screen must know to see that its data is old. */
import type { Actor } from './lease.ts';
import type { RecordKey } from './recordKey.ts';

/** The origin of a change. */
export const CHANGE_ORIGINS = [
  /** A guarded write: somebody saved it */
  'write',
  /** A task */
  'task',
  /** The application has said so, by `rowlock.changed` */
  'application',
] as const;
export type ChangeOrigin = (typeof CHANGE_ORIGINS)[number];

/** How many record keys a change in an error names at most; `recordCount` counts all. */
export const CHANGE_SAMPLE_SIZE = 20;

/** One change of records. */
export interface RecordChange {
  /** The version of the namespace at which it happened. Versions rise, and are whole numbers below 2^53 */
  version: number;
  /** How many of the records in question have this as their newest change */
  recordCount: number;
  /** The first of them, at most 20 (`CHANGE_SAMPLE_SIZE`). In a `View`: all of them */
  records: RecordKey[];
  /** The server no longer knows it if this is absent. Likewise for `by` and `at` */
  how?: ChangeOrigin;
  /** The task's id, the writer's id, or the application's own word */
  by?: string;
  /** On whose behalf. Absent if the application has named nobody */
  actor?: Actor;
  /** When it was noted: Unix time in ms by the Redis server's clock, for display only */
  at?: number;
}
