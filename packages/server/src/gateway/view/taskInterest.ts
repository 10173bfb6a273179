/** The watchers of tasks: by id, or of all tasks. Pure. */
export class TaskInterest<Watcher> {
  readonly #byId = new Map<string, Set<Watcher>>();
  readonly #all = new Set<Watcher>();

  add(watcher: Watcher, taskIds: readonly string[] | 'all'): void {
    if (taskIds === 'all') {
      this.#all.add(watcher);
      return;
    }
    for (const id of taskIds) {
      const watchers = this.#byId.get(id) ?? new Set();
      this.#byId.set(id, watchers.add(watcher));
    }
  }

  remove(watcher: Watcher, taskIds: Iterable<string> | 'all'): void {
    if (taskIds === 'all') {
      this.#all.delete(watcher);
      return;
    }
    for (const id of taskIds) {
      const watchers = this.#byId.get(id);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.#byId.delete(id);
    }
  }

  watchesAll(watcher: Watcher): boolean {
    return this.#all.has(watcher);
  }

  includes(watcher: Watcher, taskId: string): boolean {
    return this.#all.has(watcher) || this.#byId.get(taskId)?.has(watcher) === true;
  }

  watchersOf(taskId: string): Set<Watcher> {
    return new Set([...this.#all, ...(this.#byId.get(taskId) ?? [])]);
  }

  has(taskId: string): boolean {
    return this.#all.size > 0 || this.#byId.has(taskId);
  }

  get includesAll(): boolean {
    return this.#all.size > 0;
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }
}
