/** The dashboard: what Rowlock's subscribers tell, written to the demo's own tables. Nothing else fills them. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import { failureNotices, type Subscribers } from '@rowlock/server';
import type { Gazetteer } from '../db/openDatabase.ts';
import { recordNotice } from './recordNotices.ts';
import { meetGap, recordForgottenEnd, recordRun } from './recordRuns.ts';

export const RUNS_SET = 'task-runs';
export const NOTICES_SET = 'failure-notices';

export function runSubscribers(
  db: Gazetteer,
  getTask: (id: string) => Promise<TaskView | undefined>,
): Subscribers {
  return {
    [RUNS_SET]: {
      from: 'start',
      async onTask({ kind, taskId, task, at }) {
        if (task) return recordRun(db, task);
        if (isFinal(kind)) return recordForgottenEnd(db, taskId, kind, at);
      },
      onGap: ({ at }) => meetGap(db, getTask, at),
    },
    [NOTICES_SET]: failureNotices({ from: 'start', send: (notice) => recordNotice(db, notice) }),
  };
}
