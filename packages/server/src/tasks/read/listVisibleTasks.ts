/** The list of tasks as an actor may see it, over the live channel and over HTTP. */
import type { Actor } from '@rowlock/protocol';
import type { Permissions } from '../../permissions.ts';
import type { ListTasks, TaskPage, TaskQuery } from './taskList.ts';

/** @throws {RowlockError} `forbidden`, `unknown_resource` */
export type ListVisibleTasks = (actor: Actor, query: Omit<TaskQuery, 'visibleTo'>) => Promise<TaskPage>;

export function createListVisibleTasks({
  tasks,
  permissions,
}: {
  tasks: { list: ListTasks };
  permissions: Pick<Permissions, 'assertRecords' | 'require'>;
}): ListVisibleTasks {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return async (actor, query) => {
    if (query.record !== undefined) {
      // Only users who may watch the row may ask which tasks hold it.
      assertRecords([query.record]);
      await permissions.require({ actor, action: 'watch', records: [query.record] });
    }
    return tasks.list({ ...query, visibleTo: actor });
  };
}
