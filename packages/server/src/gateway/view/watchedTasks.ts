/** The tasks that the sessions of this gateway watch: by their ids, or by filters. Pure. */
import { concernsTask, matchesTask, type TaskFilter, type TaskView, taskFilterKey } from '@rowlock/protocol';
import { withoutResult } from '../../tasks/read/visibleTask.ts';
import { Relation } from './relation.ts';
import { SeenStates } from './seenStates.ts';

/** Ids, or a filter: every matching task that the watcher may see */
export type TaskNames = readonly string[] | TaskFilter;

export const isFilter = (names: TaskNames): names is TaskFilter => !Array.isArray(names);

export class WatchedTasks<Watcher> {
  readonly #watchers = new Relation<string, Watcher>();
  readonly #filters = new Map<string, TaskFilter>();
  readonly #watchersOfFilter = new Relation<string, Watcher>();
  /** Only while there are filters: without them, changes of most tasks are not seen */
  readonly #seen = new SeenStates();

  watch(names: TaskNames, watcher: Watcher): void {
    if (!isFilter(names)) {
      for (const id of names) this.#watchers.add(id, watcher);
      return;
    }
    const key = taskFilterKey(names);
    if (!this.#filters.has(key)) this.#filters.set(key, names);
    this.#watchersOfFilter.add(key, watcher);
  }

  unwatch(names: TaskNames, watcher: Watcher): void {
    if (isFilter(names)) this.#unwatchFilter(taskFilterKey(names), watcher);
    else for (const id of names) this.#watchers.remove(id, watcher);
  }

  /** The watcher has left. */
  forget(watcher: Watcher): void {
    this.unwatch([...this.watchedBy(watcher)], watcher);
    for (const key of [...this.#watchersOfFilter.with(watcher)]) this.#unwatchFilter(key, watcher);
  }

  /**
   * Everybody who is to be sent the task as it is now: it matches their filter, or may have matched it before it changed.
   * @param isLaunched its launch is part of the change
   */
  noteChange(task: TaskView, isLaunched = false): Set<Watcher> {
    const watchers = new Set(this.#watchers.of(task.id));
    if (this.#filters.size === 0) return watchers;
    const before = this.#seen.note(task) ?? (isLaunched ? 'not launched' : undefined);
    for (const [key, filter] of this.#filters) {
      if (!concernsTask(task, filter, before)) continue;
      for (const watcher of this.#watchersOfFilter.of(key)) watchers.add(watcher);
    }
    return watchers;
  }

  /** Changes may have been missed. */
  noteGap(): void {
    this.#seen.clear();
  }

  /** The tasks that a watcher watches by their ids. */
  watchedBy(watcher: Watcher): ReadonlySet<string> {
    return this.#watchers.with(watcher);
  }

  countFilters(watcher: Watcher): number {
    return this.#watchersOfFilter.with(watcher).size;
  }

  /** The part of the names that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, names: TaskNames): TaskNames {
    if (!isFilter(names)) return names.filter((id) => !this.#watchers.has(id, watcher));
    return this.#watchersOfFilter.has(taskFilterKey(names), watcher) ? [] : names;
  }

  /** Whether the watcher watches this task, by its id or by a filter that it matches. */
  isWatchedBy(watcher: Watcher, task: TaskView): boolean {
    if (this.#watchers.has(task.id, watcher)) return true;
    return [...this.#watchersOfFilter.with(watcher)].some((key) =>
      matchesTask(task, this.#filters.get(key)!),
    );
  }

  /** Only a watcher of the task itself gets its result. A watcher of its rows does not. */
  asSeenBy(watcher: Watcher, task: TaskView): TaskView {
    return this.isWatchedBy(watcher, task) ? task : withoutResult(task);
  }

  /** Whether anybody may watch this task. A filter decides when the task is read. */
  isWatched(taskId: string): boolean {
    return this.#filters.size > 0 || this.#watchers.of(taskId).size > 0;
  }

  /** Each filter that anybody watches, once. */
  filters(): TaskFilter[] {
    return [...this.#filters.values()];
  }

  /** Tasks that anybody watches by their ids. */
  ids(): string[] {
    return this.#watchers.lefts();
  }

  #unwatchFilter(key: string, watcher: Watcher): void {
    this.#watchersOfFilter.remove(key, watcher);
    if (this.#watchersOfFilter.of(key).size > 0) return;
    this.#filters.delete(key);
    if (this.#filters.size === 0) this.#seen.clear();
  }
}
