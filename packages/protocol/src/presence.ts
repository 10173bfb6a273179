/** Presence: the users who look at a record now. */
import type { Actor } from './lease.ts';

/** How many viewers of a record are named. `count` counts all. */
export const NAMED_VIEWERS = 20;

/** The other users who look at a record now, each once, however many tabs they have. */
export interface Viewers {
  /** The first of them by name, at most 20 (`NAMED_VIEWERS`) */
  actors: Actor[];
  /** How many users they are. Of a record with more than 100 tabs, only 100 count */
  count: number;
}
