/** The answer to `watch`: the state of records and tasks now, as the session may see it. */
import { TASKS_AT_FIRST, type TaskView, type View } from '@rowlock/protocol';
import type { LogPosition } from '../../changeLog/entry.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Session } from '../session/session.ts';
import { isFilter, type TaskNames, type WatchedTasks } from '../view/watchedTasks.ts';
import type { ReadRowHolders } from './rowHolders.ts';
import type { WatchNames } from './watchNames.ts';

/** Call it after the session has begun to watch: changes since then are sent as changes. */
export type AnswerWatch = (session: Session, names: WatchNames, position: LogPosition) => Promise<View>;

export function createAnswerWatch({
  watchedTasks,
  readRowHolders,
  store,
  tasks,
  permissions,
}: {
  watchedTasks: WatchedTasks<Session>;
  readRowHolders: ReadRowHolders;
  store: Pick<TaskStore, 'getMany'>;
  tasks: Pick<Tasks, 'list'>;
  permissions: Pick<Permissions, 'mayWatch'>;
}): AnswerWatch {
  async function readNamed(session: Session, names: TaskNames): Promise<TaskView[]> {
    if (isFilter(names)) {
      const newest = await tasks.list({ ...names, limit: TASKS_AT_FIRST, visibleTo: session.actor });
      return newest.tasks;
    }
    const named = await store.getMany(names);
    const granted = await Promise.all(named.map((task) => permissions.mayWatch(session.actor, task)));
    return named.filter((_, i) => granted[i]);
  }

  return async (session, names, position) => {
    const named = await readNamed(session, names.tasks);
    const holders = await readRowHolders(session, names.records);
    const permitted = holders.permitted.map((task) => watchedTasks.asSeenBy(session, task));
    const shown = new Map([...named, ...permitted].map((task) => [task.id, task]));
    const view = session.viewOf(
      { records: names.records, tasks: [...shown.values()], resources: names.resources, position },
      new Set(shown.keys()),
    );
    // After the view, which hides them. They are sent again with their rows when `authorize` has answered.
    for (const task of holders.unanswered) session.noteTask(watchedTasks.asSeenBy(session, task), true);
    return view;
  };
}
