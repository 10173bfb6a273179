/** A part of the live channel that follows the change log. `gateway.ts` lists all of them. */
import type { LogEntry, ProgressEntry } from '../changeLog/entry.ts';

export interface Follower {
  apply(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): void | Promise<void>;
  /** After a gap: reads everything again, and sends the differences to each session. */
  reload(): Promise<void>;
}
