/** The answer to `watch`: the state of records and tasks now, as the session may see it. */
import { TASKS_AT_FIRST, type TaskView, type View } from '@rowlock/protocol';
import type { LogPosition } from '../../changeLog/entry.ts';
import type { Ancestors } from '../../locks/registry/hierarchy.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Session } from '../session/session.ts';
import { isFilter, type TaskNames, type WatchedTasks } from '../view/watchedTasks.ts';
import type { ChangeWatch } from './changeWatch.ts';
import type { ReadRowHolders } from './rowHolders.ts';
import type { WatchNames } from './watchNames.ts';

/** Call it after the session has begun to watch: changes since then are sent as changes. */
export type AnswerWatch = (
  session: Session,
  names: WatchNames,
  known: { position: LogPosition; ancestors: Ancestors },
) => Promise<View>;

export function createAnswerWatch({
  watchedTasks,
  readRowHolders,
  store,
  tasks,
  permissions,
  changeWatch,
}: {
  watchedTasks: WatchedTasks<Session>;
  readRowHolders: ReadRowHolders;
  store: Pick<TaskStore, 'getMany'>;
  tasks: Pick<Tasks, 'list'>;
  permissions: Pick<Permissions, 'mayWatch'>;
  changeWatch: Pick<ChangeWatch, 'listSince'>;
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

  async function listMissed({ records, since }: WatchNames, ancestors: Ancestors) {
    if (since === undefined || records.length === 0) return {};
    return { changed: await changeWatch.listSince(since, records, ancestors) };
  }

  return async (session, names, { position, ancestors }) => {
    const missed = await listMissed(names, ancestors);
    const named = await readNamed(session, names.tasks);
    const holders = await readRowHolders(session, names.records);
    const permitted = holders.permitted.map((task) => watchedTasks.asSeenBy(session, task));
    const shown = new Map([...named, ...permitted].map((task) => [task.id, task]));
    // Nothing is awaited from here on: a change that came after the view would be sent before it.
    const view = session.viewOf(
      {
        records: names.records,
        tasks: [...shown.values()],
        resources: names.resources,
        viewers: names.presence,
        position,
      },
      new Set(shown.keys()),
    );
    // After the view, which hides them. They are sent again with their rows when `authorize` has answered.
    for (const task of holders.unanswered) session.noteTask(watchedTasks.asSeenBy(session, task), true);
    return { ...view, ...missed };
  };
}
