/** Writes and reads notices of failures. */
import type { FailureNotice } from '@rowlock/server';
import type { Gazetteer } from '../db/openDatabase.ts';
import type { NoticeList } from '../gazetteer/runView.ts';

/** Writes a notice. A notice that is delivered twice is written once. */
export async function recordNotice(db: Gazetteer, notice: FailureNotice): Promise<void> {
  const { id, taskId, failedCount = 0, at } = notice;
  // If Rowlock no longer knows the task, the table of runs may know its actor.
  const run = await db
    .selectFrom('taskRuns')
    .select(['actorId', 'label'])
    .where('id', '=', taskId)
    .executeTakeFirst();
  const actorId = notice.actor?.id ?? run?.actorId;
  if (actorId === undefined) return;
  await db
    .insertInto('failureNotices')
    .values({
      id,
      taskId,
      actorId,
      label: notice.label ?? run?.label ?? `Task ${taskId}`,
      reason: notice.why ?? 'It failed without saying why.',
      failedCount,
      at,
      seenAt: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

const SHOWN = 20;

/** The newest failures of the user's own tasks that are not marked as seen. */
export async function unseenNotices(db: Gazetteer, actorId: string): Promise<Omit<NoticeList, 'behind'>> {
  const unseenByActor = db
    .selectFrom('failureNotices')
    .where('actorId', '=', actorId)
    .where('seenAt', 'is', null);
  const { unseen } = await unseenByActor
    .select((eb) => eb.fn.countAll<number>().as('unseen'))
    .executeTakeFirstOrThrow();
  const notices = await unseenByActor
    .select(['id', 'taskId', 'label', 'reason', 'failedCount', 'at'])
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(SHOWN)
    .execute();
  return { notices, unseen: Number(unseen) };
}

/** Marks the notice with this `id` as seen, or all notices of the user. Notices of others do not change. */
export async function markSeen(
  db: Gazetteer,
  { actorId, id, now }: { actorId: string; id?: string | undefined; now: number },
): Promise<void> {
  let unseenByActor = db
    .updateTable('failureNotices')
    .set({ seenAt: now })
    .where('actorId', '=', actorId)
    .where('seenAt', 'is', null);
  if (id !== undefined) unseenByActor = unseenByActor.where('id', '=', id);
  await unseenByActor.execute();
}
