/** Runs of tasks from the demo's own table, and notices of failures. The web app imports only their types. */
import { TASK_STATES } from '@rowlock/protocol';
import type { Page } from './cityView.ts';

export const RUN_STATES = [
  ...TASK_STATES,
  /** Rowlock no longer knows the task, and never reported its end. It does not count as done */
  'unknown',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface RunView {
  id: string;
  /** The definition's name: `normalise-names` */
  name: string;
  label: string;
  actorId: string;
  actorName: string;
  state: RunState;
  /** Rows that it holds or has held */
  rowCount: number;
  doneCount: number;
  failedCount: number;
  /** Unix times in ms */
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** Why it failed, or why its end is unknown */
  reason: string | null;
}

/** How far the table is behind Rowlock's change log. */
export interface Lag {
  /** Entries of the change log that the table has yet to receive. Null if Redis is away, because then nobody knows */
  behind: number | null;
}

export type RunPage = Page<RunView> & Lag;

interface NoticeView {
  id: string;
  taskId: string;
  label: string;
  reason: string;
  failedCount: number;
  /** Unix time in ms */
  at: number;
}

/** Failures of the user's own tasks that are not marked as seen. */
export interface NoticeList extends Lag {
  /** The newest first, at most 20 */
  notices: NoticeView[];
  unseen: number;
}
