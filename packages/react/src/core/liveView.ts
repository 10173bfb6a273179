/**
 * What this tab knows of the records and tasks that it watches. Holds data only: who watches, and whether the data is
 * fresh, others know.
 */
import {
  isFinal,
  type LeaseId,
  type LeaseView,
  type RecordKey,
  type TaskView,
  type View,
} from '@rowlock/protocol';

/** What a snapshot was asked for. Its answer holds all that there is of these; a list of all tasks is no snapshot. */
export interface Asked {
  records: Iterable<RecordKey>;
  tasks: Iterable<string>;
}

export interface Changed {
  records: Set<RecordKey>;
  tasks: Set<string>;
}

/** Finished tasks that nobody watches by id are kept up to this number, for the list of all tasks. */
const KEPT_FINISHED_TASKS = 200;
/** A server does not repeat a lease that it sent before, so leases out of sight are kept for a while. */
const KEPT_UNSEEN_LEASES = 500;

const NONE: readonly LeaseId[] = [];

export class LiveView {
  readonly #leasesOf = new Map<RecordKey, readonly LeaseId[]>();
  readonly #recordsOf = new Map<LeaseId, Set<RecordKey>>();
  readonly #leases = new Map<LeaseId, LeaseView>();
  readonly #tasks = new Map<string, TaskView>();
  readonly #missingTasks = new Set<string>();
  /** Tasks of which the server has said nothing since the last gap */
  readonly #doubtedTasks = new Set<string>();
  readonly #isWatched: (key: RecordKey) => boolean;

  constructor(isWatched: (key: RecordKey) => boolean) {
    this.#isWatched = isWatched;
  }

  leasesOn(key: RecordKey): LeaseView[] {
    const ids = this.#leasesOf.get(key) ?? NONE;
    return ids.map((id) => this.#leases.get(id)).filter((lease) => lease !== undefined);
  }

  /** False for a record that points at a lease of which nothing is known. */
  isComplete(key: RecordKey): boolean {
    return (this.#leasesOf.get(key) ?? NONE).every((id) => this.#leases.has(id));
  }

  task(id: string): TaskView | undefined {
    return this.#tasks.get(id);
  }

  /** The server was asked for this task and does not know it (any more). */
  isMissing(taskId: string): boolean {
    return this.#missingTasks.has(taskId);
  }

  tasks(): Iterable<TaskView> {
    return this.#tasks.values();
  }

  /** After a gap: no task is certain until the server speaks of it again, since it lists only the newest by itself. */
  doubtTasks(): void {
    for (const id of this.#tasks.keys()) if (!this.#missingTasks.has(id)) this.#doubtedTasks.add(id);
  }

  isDoubted(taskId: string): boolean {
    return this.#doubtedTasks.has(taskId);
  }

  doubtedTasks(): string[] {
    return [...this.#doubtedTasks];
  }

  /** Records in view under the lease, for those who show something of it. */
  recordsUnder(leaseId: LeaseId): Iterable<RecordKey> {
    return this.#recordsOf.get(leaseId) ?? [];
  }

  /** Replaces what is known of that which was asked for. */
  applySnapshot(asked: Asked, view: View): Changed {
    const changed = this.applyChanges(view);
    for (const key of asked.records) {
      if (!(key in view.records) && this.#point(key, NONE)) changed.records.add(key);
    }
    const sent = new Set(view.tasks.map((task) => task.id));
    for (const id of asked.tasks) {
      if (sent.has(id)) continue;
      this.#missingTasks.add(id);
      this.#doubtedTasks.delete(id);
      changed.tasks.add(id);
    }
    return changed;
  }

  applyChanges(view: View): Changed {
    const changed: Changed = { records: new Set(), tasks: new Set() };
    for (const lease of view.leases) {
      if (this.#isSame(this.#leases.get(lease.id), lease)) continue;
      this.#leases.set(lease.id, lease);
      for (const key of this.recordsUnder(lease.id)) changed.records.add(key);
    }
    for (const [key, ids] of Object.entries(view.records) as [RecordKey, LeaseId[]][]) {
      // A change may cross with our word that we watch the record no more.
      if (this.#isWatched(key) && this.#point(key, ids)) changed.records.add(key);
    }
    for (const task of view.tasks) this.applyTask(task, changed);
    return changed;
  }

  applyTask(task: TaskView, changed: Changed): void {
    const known = this.#tasks.get(task.id);
    if (this.#missingTasks.delete(task.id)) changed.tasks.add(task.id);
    if (this.#doubtedTasks.delete(task.id)) changed.tasks.add(task.id);
    // Versions rise for ever, also if Redis loses data: a task that ended can run again only under a higher one.
    if (known && task.version < known.version) return;
    if (this.#isSame(known, task)) return;
    this.#tasks.set(task.id, task);
    changed.tasks.add(task.id);
    for (const key of this.recordsUnder(task.leaseId)) changed.records.add(key);
  }

  forgetRecords(keys: Iterable<RecordKey>): void {
    for (const key of keys) {
      this.#point(key, NONE);
      this.#leasesOf.delete(key);
    }
  }

  /** Forgets leases that no record points at, and tasks that nobody needs or that the server does not know. */
  prune(isWatched: (taskId: string) => boolean, listsAllTasks: boolean): void {
    const unseen = [...this.#leases.keys()].filter((id) => !this.#recordsOf.has(id));
    for (const id of unseen.slice(0, -KEPT_UNSEEN_LEASES)) this.#leases.delete(id);

    const unneeded = [...this.#tasks.values()].filter(
      (task) =>
        !isWatched(task.id) && !this.#recordsOf.has(task.leaseId) && (!listsAllTasks || isFinal(task.state)),
    );
    if (listsAllTasks) {
      unneeded.sort((a, b) => b.launchOrder - a.launchOrder).splice(0, KEPT_FINISHED_TASKS);
    }
    const gone = [...this.#missingTasks].filter((id) => !isWatched(id));
    for (const id of [...unneeded.map((task) => task.id), ...gone]) {
      this.#tasks.delete(id);
      this.#doubtedTasks.delete(id);
      this.#missingTasks.delete(id);
    }
  }

  #point(key: RecordKey, ids: readonly LeaseId[]): boolean {
    const before = this.#leasesOf.get(key) ?? NONE;
    if (before.length === ids.length && before.every((id, index) => id === ids[index])) return false;
    for (const id of before) {
      const records = this.#recordsOf.get(id);
      records?.delete(key);
      if (records?.size === 0) this.#recordsOf.delete(id);
    }
    for (const id of ids) {
      const records = this.#recordsOf.get(id);
      if (records) records.add(key);
      else this.#recordsOf.set(id, new Set([key]));
    }
    if (ids.length === 0) this.#leasesOf.delete(key);
    else this.#leasesOf.set(key, ids);
    return true;
  }

  #isSame(known: object | undefined, sent: object): boolean {
    return known !== undefined && JSON.stringify(known) === JSON.stringify(sent);
  }
}
