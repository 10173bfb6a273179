/** Reads the tasks that have changed, and offers them to their watchers, and to the watchers of their rows. */
import { isFinal, TASKS_AT_FIRST, type TaskView } from '@rowlock/protocol';
import type { ProgressEntry } from '../../changeLog/entry.ts';
import { withoutResult } from '../../tasks/read/visibleTask.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Session } from '../session/session.ts';
import type { TaskNews } from '../view/taskNews.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import type { WatchedTasks } from '../view/watchedTasks.ts';

export interface TaskWatch {
  /** `holders`: the tasks on rows that have changed, since a message shows a holder by answers since the last message */
  send(
    news: TaskNews<Session>,
    progress: readonly ProgressEntry[],
    holders: readonly string[],
  ): Promise<void>;
  /** Reads all watched tasks again, and sends them. */
  reload(): Promise<void>;
}

export function createTaskWatch({
  watched,
  watchedTasks,
  store,
  tasks,
}: {
  watched: WatchedRecords<Session>;
  watchedTasks: WatchedTasks<Session>;
  store: Pick<TaskStore, 'getMany'>;
  tasks: Pick<Tasks, 'list'>;
}): TaskWatch {
  /** Each session gets the task if `authorize` permits it. */
  function offer(
    task: TaskView,
    {
      rowWatchers,
      isUrgent,
      isLaunched = false,
    }: { rowWatchers: ReadonlySet<Session>; isUrgent: boolean; isLaunched?: boolean },
  ): void {
    const watchers = watchedTasks.noteChange(task, isLaunched);
    for (const session of watchers) session.noteTask(task, isUrgent);
    for (const session of rowWatchers)
      if (!watchers.has(session)) session.noteTask(withoutResult(task), isUrgent);
  }

  return {
    async send(news, progress, holders) {
      const moved = progress.map(({ taskId }) => taskId).filter((id) => news.isOfInterest(id));
      for (const task of await store.getMany([...new Set([...news.taskIds(), ...moved, ...holders])])) {
        const rowWatchers = news.rowWatchersOf(task.id);
        const isUrgent = rowWatchers !== undefined || isFinal(task.state);
        offer(task, {
          rowWatchers: rowWatchers ?? watched.watchersOfTask(task.id),
          isUrgent,
          isLaunched: news.isLaunched(task.id),
        });
      }
    },

    async reload() {
      watchedTasks.noteGap();
      const recent: TaskView[] = [];
      for (const filter of watchedTasks.filters()) {
        recent.push(...(await tasks.list({ ...filter, limit: TASKS_AT_FIRST })).tasks);
      }
      const named = await store.getMany([...watchedTasks.ids(), ...watched.leases.taskIds()]);
      for (const task of new Map([...recent, ...named].map((each) => [each.id, each])).values()) {
        offer(task, { rowWatchers: watched.watchersOfTask(task.id), isUrgent: true });
      }
    },
  };
}
