/** `client.tasks`: watched tasks, the list of all tasks, and a way to be notified of changes. */
import type { TaskView } from '@rowlock/protocol';
import type { ConnectionState } from './connection.ts';
import type { KnownView } from './knownView.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';
import { NO_TASK, NO_TASKS, type TaskList, type TaskSnapshot } from './taskSnapshot.ts';
import { ALL_TASKS } from './watchMessages.ts';

export type CancelOutcome = { ok: true; task: TaskView } | { ok: false; error: RowlockClientError };

/** The tasks that this tab watches. */
export interface WatchedTasks {
  /** Watches one task until the returned function is called. */
  watch(id: string, listener: () => void): () => void;
  /** Watches all tasks that the user may see. */
  watchAll(listener: () => void): () => void;
  /** The same object for as long as nothing that it shows has changed. */
  get(id: string): TaskSnapshot;
  /** All tasks, newest first. The same object for as long as nothing that it shows has changed. */
  list(): TaskList;
  /** Asks a task to stop. */
  cancel(id: string): Promise<CancelOutcome>;
}

export interface TaskReaderOptions {
  view: KnownView;
  subscriptions: Subscriptions;
  getConnection: () => ConnectionState;
}

/** Makes snapshots of what is known of tasks. */
export class TaskReader {
  readonly #options: TaskReaderOptions;
  readonly #snapshots = new Map<string, TaskSnapshot>();
  #list: TaskList = NO_TASKS;

  constructor(options: TaskReaderOptions) {
    this.#options = options;
  }

  get(id: string): TaskSnapshot {
    const { subscriptions, view } = this.#options;
    const before: TaskSnapshot = this.#snapshots.get(id) ?? NO_TASK;
    const task = view.tasks.get(id) ?? before.task;
    const isFresh =
      subscriptions.tasks.isAnswered(id) ||
      (subscriptions.tasks.isAnswered(ALL_TASKS) && !view.tasks.isDoubted(id));
    const isStale = !this.#isLive() || !isFresh;
    const isMissing = view.tasks.isMissing(id);
    if (before.task === task && before.isStale === isStale && before.isMissing === isMissing) return before;
    const snapshot: TaskSnapshot = { ...(task && { task }), isStale, isMissing };
    this.#snapshots.set(id, snapshot);
    return snapshot;
  }

  list(): TaskList {
    const { subscriptions, view } = this.#options;
    const isStale =
      !this.#isLive() || !subscriptions.tasks.isAnswered(ALL_TASKS) || view.tasks.listDoubted().length > 0;
    const tasks = [...view.tasks.values()]
      .filter((task) => !view.tasks.isMissing(task.id))
      .sort((a, b) => b.launchOrder - a.launchOrder);
    const before = this.#list;
    const isSame =
      before.tasks.length === tasks.length && tasks.every((task, index) => task === before.tasks[index]);
    if (isSame && before.isStale === isStale) return before;
    this.#list = { tasks: isSame ? before.tasks : tasks, isStale };
    return this.#list;
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#snapshots.delete(id);
  }

  #isLive(): boolean {
    return this.#options.getConnection().status === 'live';
  }
}
