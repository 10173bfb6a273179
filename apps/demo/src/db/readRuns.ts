/** Reads one page of the table of runs. */
import { sql } from 'kysely';
import type { Page } from '../gazetteer/cityView.ts';
import type { RunListQuery } from '../gazetteer/listQueries.ts';
import type { RunView } from '../gazetteer/runView.ts';
import type { Gazetteer } from './openDatabase.ts';
import { nameContains } from './whereCities.ts';

const SORT_COLUMN = {
  createdAt: 'task_runs.launch_order',
  label: 'task_runs.label',
  actor: 'task_runs.actor_name',
  rowCount: 'task_runs.row_count',
  failedCount: 'task_runs.failed_count',
} as const satisfies Record<RunListQuery['sort'], string>;

export async function listRuns(db: Gazetteer, query: RunListQuery): Promise<Page<RunView>> {
  const { q, state, page, pageSize } = query;
  let matching = db.selectFrom('taskRuns');
  if (state) matching = matching.where('state', '=', state);
  if (q) matching = matching.where(nameContains('task_runs.search_text', q));
  const { total } = await matching
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await matching
    .select([
      'id',
      'name',
      'label',
      'actorId',
      'actorName',
      'state',
      'rowCount',
      'doneCount',
      'failedCount',
      'createdAt',
      'startedAt',
      'endedAt',
      'reason',
    ])
    .orderBy(sql.raw(SORT_COLUMN[query.sort]), query.dir)
    .orderBy('launchOrder', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, total: Number(total), page, pageSize };
}
