/** Writing the table of runs. Every write may come twice, and late. */
import { type FinalTaskState, OPEN_TASK_STATES, type TaskView } from '@rowlock/protocol';
import type { Gazetteer } from '../db/openDatabase.ts';
import { searchKey } from '../gazetteer/foldName.ts';

/** The task as it stands; where the table has a newer version already, nothing is changed. */
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

/** An end of which only the kind is known, since Rowlock has forgotten the task meanwhile. */
export async function recordForgottenEnd(
  db: Gazetteer,
  id: string,
  state: FinalTaskState,
  at: number,
): Promise<void> {
  await db
    .updateTable('taskRuns')
    .set({ state, endedAt: at, reason: state === 'failed' ? 'Why is not known any more.' : null })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

/**
 * After a gap: what follows tells every task that is known as it is now, so no version in the table stands in its way;
 * and what the table has as open and Rowlock does not know has an end that nobody can tell.
 */
export async function meetGap(
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
        reason: 'Its end was never told, and Rowlock does not know it any more.',
      })
      .where('id', '=', id)
      .execute();
  }
}
