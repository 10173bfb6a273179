/** The lists of tasks that somebody watches in this tab, one for each filter. */
import type { TaskFilter, TaskView } from '@rowlock/protocol';
import { type TaskListOptions, TaskListState } from './taskListState.ts';
import { NO_TASKS, type TaskList } from './taskSnapshot.ts';
import { listKeyOf } from './watchMessages.ts';

/** A list of tasks that match a filter, in the order of their launches. */
export interface WatchedTaskList {
  /** Keeps the list up to date until the returned function is called. `listener` is called once for a change of many. */
  watch(listener: () => void): () => void;
  /** The same object for as long as nothing that it shows has changed. */
  get(): TaskList;
  /** Shows the next 100 older tasks. Never rejects: the snapshot contains the error. */
  loadMore(): Promise<void>;
}

export interface TaskListsOptions extends TaskListOptions {
  /** Watches a key until the returned function is called */
  watch: (key: string, listener: () => void) => () => void;
}

export class TaskLists {
  readonly #options: TaskListsOptions;
  readonly #states = new Map<string, TaskListState>();

  constructor(options: TaskListsOptions) {
    this.#options = options;
  }

  /** The list of a filter. It asks the server once somebody watches it. */
  list(filter: TaskFilter = {}): WatchedTaskList {
    const key = listKeyOf(filter);
    return {
      watch: (listener) => {
        if (!this.#states.has(key)) this.#states.set(key, new TaskListState(key, filter, this.#options));
        return this.#options.watch(key, listener);
      },
      get: () => this.#states.get(key)?.get() ?? NO_TASKS,
      loadMore: () => this.#states.get(key)?.loadMore() ?? Promise.resolve(),
    };
  }

  /** Whether any list shows this task. */
  has(task: TaskView): boolean {
    return [...this.#states.values()].some((list) => list.has(task));
  }

  /** Whether the server keeps this task up to date for a list. */
  isKept(task: TaskView): boolean {
    const { subscriptions } = this.#options;
    return [...this.#states.values()].some(
      (list) => subscriptions.tasks.isAnswered(list.key) && list.has(task),
    );
  }

  noteGap(): void {
    for (const list of this.#states.values()) list.noteGap();
  }

  noteFirstPage(key: string, tasks: readonly TaskView[]): void {
    void this.#states.get(key)?.noteFirstPage(tasks);
  }

  trim(): void {
    for (const list of this.#states.values()) list.trim();
  }

  /** Nobody watches these any longer. */
  forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.#states.get(key)?.noteGap();
      this.#states.delete(key);
    }
  }
}
