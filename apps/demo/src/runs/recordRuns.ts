/** Writes the table of runs. Delivery is at least once: each event may arrive twice, and late. */
import { type FinalTaskState, OPEN_TASK_STATES, type TaskView } from '@rowlock/protocol';
import type { Gazetteer } from '../db/openDatabase.ts';
import { searchKey } from '../gazetteer/foldName.ts';

/** Writes the current state of a task. Changes nothing if the table has a newer version. */
export async function recordRun(db: Gazetteer, task: TaskView): Promise<void> {
  const run = {
    id: task.id,
    name: task.name,
    label: task.label,
    actorId: task.actor.id,
    actorName: task.actor.name,
    searchText: searchKey(`${task.label} ${task.actor.name}`),
    state: task.state,
    rowCount: task.recordCount,
    doneCount: Math.trunc(task.progress.done),
    failedCount: task.failedCount ?? 0,
    createdAt: task.createdAt,
    launchOrder: task.launchOrder,
    startedAt: task.startedAt ?? null,
    endedAt: task.endedAt ?? null,
    reason: task.error ?? null,
    version: task.version,
  };
  const { id: _, ...changes } = run;
  await db
    .insertInto('taskRuns')
    .values(run)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(changes).whereRef('excluded.version', '>=', 'taskRuns.version'),
    )
    .execute();
}

/** Writes the final state of a task that Rowlock no longer knows. */
export async function recordForgottenEnd(
  db: Gazetteer,
  id: string,
  state: FinalTaskState,
  at: number,
): Promise<void> {
  await db
    .updateTable('taskRuns')
    .set({ state, endedAt: at, reason: state === 'failed' ? 'The reason is no longer known.' : null })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

/**
 * Repairs the table after a gap. The next events contain the current state of every known task, so versions in the table
 * must not block them. The end of an open run is unknown if Rowlock does not know its task.
 */
export async function repairAfterGap(
  db: Gazetteer,
  getTask: (id: string) => Promise<TaskView | undefined>,
  at: number,
): Promise<void> {
  await db.updateTable('taskRuns').set({ version: 0 }).execute();
  const open = await db.selectFrom('taskRuns').select('id').where('state', 'in', OPEN_TASK_STATES).execute();
  for (const { id } of open) {
    const task = await getTask(id);
    if (task) {
      await recordRun(db, task);
      continue;
    }
    await db
      .updateTable('taskRuns')
      .set({
        state: 'unknown',
        endedAt: at,
        reason: 'Its end was not recorded, and Rowlock no longer knows the task.',
      })
      .where('id', '=', id)
      .execute();
  }
}
