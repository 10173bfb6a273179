/** Everything this tab knows of watched records and tasks. Only the data: interest.ts knows what is watched, and what is fresh. */
import type { LeaseId, RecordKey, TaskView, View } from '@rowlock/protocol';
import { RecordIndex } from './recordIndex.ts';
import { TaskIndex, type TaskPruning } from './taskIndex.ts';
import type { WatchKeys } from './watchMessages.ts';

export interface ChangedKeys {
  records: Set<RecordKey>;
  tasks: Set<string>;
  /** Tasks of which nothing but the progress has changed. Not among `tasks` */
  progressed: Set<string>;
}

export class KnownView {
  readonly records = new RecordIndex();
  readonly tasks = new TaskIndex();
  readonly #isWatched: (key: RecordKey) => boolean;
  readonly #onTask: (task: TaskView) => void;

  /** `onTask`: a view of a task has arrived that was not known */
  constructor(isWatched: (key: RecordKey) => boolean, onTask: (task: TaskView) => void) {
    this.#isWatched = isWatched;
    this.#onTask = onTask;
  }

  /** Replaces everything that is known of the keys that were asked for. */
  applySnapshot(asked: WatchKeys, view: View): ChangedKeys {
    const changed = this.applyChanges(view);
    for (const key of asked.records) {
      if (!(key in view.records) && this.records.setRecord(key, [])) changed.records.add(key);
    }
    const sent = new Set(view.tasks.map((task) => task.id));
    for (const id of asked.tasks) {
      if (sent.has(id)) continue;
      this.tasks.noteMissing(id);
      changed.tasks.add(id);
    }
    return changed;
  }

  applyChanges(view: View): ChangedKeys {
    const changed: ChangedKeys = { records: new Set(), tasks: new Set(), progressed: new Set() };
    for (const lease of view.leases) {
      if (!this.records.setLease(lease)) continue;
      for (const key of this.records.listRecords(lease.id)) changed.records.add(key);
    }
    for (const [key, ids] of Object.entries(view.records) as [RecordKey, LeaseId[]][]) {
      // A change can cross with the message that unwatches the record.
      if (this.#isWatched(key) && this.records.setRecord(key, ids)) changed.records.add(key);
    }
    for (const task of view.tasks) this.#applyTask(task, changed);
    return changed;
  }

  applyTasks(tasks: readonly TaskView[]): ChangedKeys {
    const changed: ChangedKeys = { records: new Set(), tasks: new Set(), progressed: new Set() };
    for (const task of tasks) this.#applyTask(task, changed);
    return changed;
  }

  /** The watched records under the leases of these tasks. */
  listRecordsOf(taskIds: Iterable<string>): Set<RecordKey> {
    const records = new Set<RecordKey>();
    for (const id of taskIds) {
      const task = this.tasks.get(id);
      if (task) for (const key of this.records.listRecords(task.leaseId)) records.add(key);
    }
    return records;
  }

  prune(needs: Omit<TaskPruning, 'isOnRecord'>): void {
    this.records.prune();
    this.tasks.prune({
      ...needs,
      isOnRecord: (task) => this.records.listRecords(task.leaseId).size > 0,
    });
  }

  #applyTask(task: TaskView, changed: ChangedKeys): void {
    const { isNews, isChanged, isProgress } = this.tasks.apply(task);
    if (isProgress || isChanged) this.#onTask(task);
    if (isProgress) {
      changed.progressed.add(task.id);
      return;
    }
    if (isNews) changed.tasks.add(task.id);
    if (!isChanged) return;
    for (const key of this.records.listRecords(task.leaseId)) changed.records.add(key);
  }
}
