/** The tasks that the sessions of this gateway watch: by their ids, or all. Pure. */
import type { TaskView } from '@rowlock/protocol';
import { withoutResult } from '../../tasks/read/visibleTask.ts';
import { Relation } from './relation.ts';

/** `'all'`: every task that the watcher may see */
export type TaskNames = readonly string[] | 'all';

export class WatchedTasks<Watcher> {
  readonly #watchers = new Relation<string, Watcher>();
  readonly #watchersOfAll = new Set<Watcher>();

  watch(taskIds: TaskNames, watcher: Watcher): void {
    if (taskIds === 'all') this.#watchersOfAll.add(watcher);
    else for (const id of taskIds) this.#watchers.add(id, watcher);
  }

  unwatch(taskIds: TaskNames, watcher: Watcher): void {
    if (taskIds === 'all') this.#watchersOfAll.delete(watcher);
    else for (const id of taskIds) this.#watchers.remove(id, watcher);
  }

  /** The watcher has left. */
  forget(watcher: Watcher): void {
    this.unwatch([...this.watchedBy(watcher)], watcher);
    this.unwatch('all', watcher);
  }

  watchersOf(taskId: string): Set<Watcher> {
    return new Set([...this.#watchersOfAll, ...this.#watchers.of(taskId)]);
  }

  /** The tasks that a watcher watches by their ids. */
  watchedBy(watcher: Watcher): ReadonlySet<string> {
    return this.#watchers.with(watcher);
  }

  /** Those of the tasks that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, taskIds: TaskNames): string[] | 'all' {
    if (taskIds === 'all') return this.#watchersOfAll.has(watcher) ? [] : 'all';
    return taskIds.filter((id) => !this.#watchers.has(id, watcher));
  }

  /** Whether the watcher watches this task, by its id or with all. */
  isWatchedBy(watcher: Watcher, taskId: string): boolean {
    return this.#watchersOfAll.has(watcher) || this.#watchers.has(taskId, watcher);
  }

  /** Only a watcher of the task itself gets its result. A watcher of its rows does not. */
  asSeenBy(watcher: Watcher, task: TaskView): TaskView {
    return this.isWatchedBy(watcher, task.id) ? task : withoutResult(task);
  }

  isWatched(taskId: string): boolean {
    return this.#watchersOfAll.size > 0 || this.#watchers.of(taskId).size > 0;
  }

  get areAllWatched(): boolean {
    return this.#watchersOfAll.size > 0;
  }

  /** Tasks that anybody watches by their ids. */
  ids(): string[] {
    return this.#watchers.lefts();
  }
}
