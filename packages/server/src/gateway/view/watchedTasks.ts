/** The tasks that the sessions of this gateway watch: by their ids, or all. Pure. */
import { Relation } from './relation.ts';

export class WatchedTasks<Watcher> {
  readonly #watchers = new Relation<string, Watcher>();
  readonly #watchersOfAll = new Set<Watcher>();

  watch(taskIds: readonly string[] | 'all', watcher: Watcher): void {
    if (taskIds === 'all') this.#watchersOfAll.add(watcher);
    else for (const id of taskIds) this.#watchers.add(id, watcher);
  }

  unwatch(taskIds: Iterable<string> | 'all', watcher: Watcher): void {
    if (taskIds === 'all') this.#watchersOfAll.delete(watcher);
    else for (const id of taskIds) this.#watchers.remove(id, watcher);
  }

  watchersOf(taskId: string): Set<Watcher> {
    return new Set([...this.#watchersOfAll, ...this.#watchers.of(taskId)]);
  }

  /** The tasks that a watcher watches by their ids. */
  watchedBy(watcher: Watcher): ReadonlySet<string> {
    return this.#watchers.with(watcher);
  }

  /** Those of the tasks that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, taskIds: readonly string[] | 'all'): readonly string[] | 'all' {
    if (taskIds === 'all') return this.#watchersOfAll.has(watcher) ? [] : 'all';
    return taskIds.filter((id) => !this.#watchers.has(id, watcher));
  }

  /** Whether the watcher watches this task, by its id or with all. */
  isWatchedBy(watcher: Watcher, taskId: string): boolean {
    return this.#watchersOfAll.has(watcher) || this.#watchers.has(taskId, watcher);
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
