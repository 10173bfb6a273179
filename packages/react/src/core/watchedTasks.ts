/** `client.tasks`: watched tasks, lists of tasks, a way to be notified of changes, and requests. */
import type { TaskTypeMap, TaskView } from '@rowlock/protocol';
import type { ConnectionState } from './connection.ts';
import type { KnownView } from './knownView.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TaskRequests } from './taskRequests.ts';
import { NO_TASK, type TaskSnapshot } from './taskSnapshot.ts';
import type { TaskSource } from './taskSource.ts';

/** The tasks that this tab watches, and its requests about tasks. */
export interface WatchedTasks<Types extends TaskTypeMap = TaskTypeMap>
  extends TaskSource,
    TaskRequests<Types> {}

export interface TaskReaderOptions {
  view: KnownView;
  subscriptions: Subscriptions;
  getConnection: () => ConnectionState;
  /** The server keeps the task up to date for a list */
  isKept: (task: TaskView) => boolean;
}

/** Makes snapshots of what is known of tasks. */
export class TaskReader {
  readonly #options: TaskReaderOptions;
  readonly #snapshots = new Map<string, TaskSnapshot>();

  constructor(options: TaskReaderOptions) {
    this.#options = options;
  }

  get(id: string): TaskSnapshot {
    const { subscriptions, view, isKept } = this.#options;
    const before: TaskSnapshot = this.#snapshots.get(id) ?? NO_TASK;
    const task = view.tasks.get(id) ?? before.task;
    const isFresh =
      subscriptions.tasks.isAnswered(id) || (task !== undefined && isKept(task) && !view.tasks.isDoubted(id));
    const isStale = !this.#isLive() || !isFresh;
    const isMissing = view.tasks.isMissing(id);
    if (before.task === task && before.isStale === isStale && before.isMissing === isMissing) return before;
    const snapshot: TaskSnapshot = { ...(task && { task }), isStale, isMissing };
    this.#snapshots.set(id, snapshot);
    return snapshot;
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#snapshots.delete(id);
  }

  #isLive(): boolean {
    return this.#options.getConnection().status === 'live';
  }
}
