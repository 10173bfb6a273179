/** `watch`: the state of records and tasks now, and their changes from now on. */
import type { Limits } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { Watching } from '../watching/watching.ts';
import type { Handler } from './handler.ts';

export function createWatch({
  watching,
  permissions,
  limits,
}: {
  watching: Pick<Watching, 'watch' | 'watchedBy'>;
  permissions: Pick<Permissions, 'assertRecords' | 'require'>;
  limits: Pick<Limits, 'watchedRecords' | 'watchedTasks'>;
}): Handler<'watch'> {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return {
    handle: (session, { records, tasks, since }) =>
      session.inOrder(async () => {
        assertRecords(records);
        const watched = watching.watchedBy(session);
        const wouldWatch = watched.records.size + records.filter((key) => !watched.records.has(key)).length;
        if (wouldWatch > limits.watchedRecords) {
          throw new RowlockError(
            'too_many_records',
            `This tab would watch ${wouldWatch} records; it may watch at most ${limits.watchedRecords}. Unwatch some.`,
          );
        }
        if (tasks !== 'all' && watched.tasks.size + tasks.length > limits.watchedTasks) {
          throw new RowlockError(
            'rate_limited',
            `This tab would watch more than ${limits.watchedTasks} tasks by their ids. Unwatch some, or watch 'all'.`,
          );
        }
        if (records.length > 0) await permissions.require({ actor: session.actor, action: 'watch', records });
        return watching.watch(session, { records, tasks, since });
      }),
  };
}
