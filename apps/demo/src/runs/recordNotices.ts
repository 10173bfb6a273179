/** Writing and reading notices of failure. */
import type { FailureNotice } from '@rowlock/server';
import type { Gazetteer } from '../db/openDatabase.ts';
import type { NoticeList } from '../gazetteer/runView.ts';

/** Once, however often it comes. */
export async function recordNotice(db: Gazetteer, notice: FailureNotice): Promise<void> {
  const { id, taskId, failedCount = 0, at } = notice;
  // Where Rowlock has forgotten the task, the table of runs may know whose it was.
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

/** What has failed of one's own, and has not been marked as seen. */
export async function unseenNotices(db: Gazetteer, actorId: string): Promise<Omit<NoticeList, 'behind'>> {
  const mine = db.selectFrom('failureNotices').where('actorId', '=', actorId).where('seenAt', 'is', null);
  const { unseen } = await mine
    .select((eb) => eb.fn.countAll<number>().as('unseen'))
    .executeTakeFirstOrThrow();
  const notices = await mine
    .select(['id', 'taskId', 'label', 'reason', 'failedCount', 'at'])
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(SHOWN)
    .execute();
  return { notices, unseen: Number(unseen) };
}

/** `id`: that one alone; all otherwise. Another's are left as they are. */
export async function markSeen(
  db: Gazetteer,
  { actorId, id, now }: { actorId: string; id?: string | undefined; now: number },
): Promise<void> {
  let mine = db
    .updateTable('failureNotices')
    .set({ seenAt: now })
    .where('actorId', '=', actorId)
    .where('seenAt', 'is', null);
  if (id !== undefined) mine = mine.where('id', '=', id);
  await mine.execute();
}
