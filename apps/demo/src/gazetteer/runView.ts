/** Runs of tasks as the demo's own table has them, and notices of failure. Shared with the web app as types only. */
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
  /** Why it failed, or why its end is not known */
  reason: string | null;
}

/** How far the table is behind what has happened. */
export interface Lag {
  /** Entries of Rowlock's log that the table has not been told yet; null where Redis is away and nobody knows */
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

/** What has failed of one's own, and has not been marked as seen. */
export interface NoticeList extends Lag {
  /** The newest first, at most 20 */
  notices: NoticeView[];
  unseen: number;
}
