/** Rowlock's subscribers for the dashboard. Only they write the demo's tables of runs and notices. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import { failureNotices, type Subscribers } from '@rowlock/server';
import type { Gazetteer } from '../db/openDatabase.ts';
import { recordNotice } from './recordNotices.ts';
import { recordForgottenEnd, recordRun, repairAfterGap } from './recordRuns.ts';

export const RUNS_SUBSCRIBER = 'task-runs';
export const NOTICES_SUBSCRIBER = 'failure-notices';

export function runSubscribers(
  db: Gazetteer,
  getTask: (id: string) => Promise<TaskView | undefined>,
): Subscribers {
  return {
    [RUNS_SUBSCRIBER]: {
      from: 'start',
      async onTask({ kind, taskId, task, at }) {
        if (task) return recordRun(db, task);
        if (isFinal(kind)) return recordForgottenEnd(db, taskId, kind, at);
      },
      onGap: ({ at }) => repairAfterGap(db, getTask, at),
    },
    [NOTICES_SUBSCRIBER]: failureNotices({ from: 'start', send: (notice) => recordNotice(db, notice) }),
  };
}
