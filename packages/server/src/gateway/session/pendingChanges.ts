/**
 * The changes that a session is still to be sent. Pure.
 *
 * They are a set of names, not of messages. Sending reads the newest state and the newest change of each record, and keeps the newest state of
 * each task. So a slow socket never has a growing backlog, and a task that reports a thousand times between two messages
 * is sent once.
 */
import type { RecordKey, TaskView } from '@rowlock/protocol';

/** The names of everything that is to be sent, and the tasks. */
interface TakenChanges {
  records: RecordKey[];
  tasks: TaskView[];
  changed?: RecordKey[];
  resources?: string[];
  /** Records whose viewers have changed */
  viewers?: RecordKey[];
}

export class PendingChanges {
  readonly #records = new Set<RecordKey>();
  readonly #tasks = new Map<string, TaskView>();
  readonly #changed = new Set<RecordKey>();
  /** Absent in most sessions, which watch no resource */
  #resources: Set<string> | undefined;
  /** Likewise */
  #viewers: Set<RecordKey> | undefined;

  noteRecords(records: Iterable<RecordKey>): void {
    for (const key of records) this.#records.add(key);
  }

  /** Their data has changed. */
  noteChanged(records: Iterable<RecordKey>): void {
    for (const key of records) this.#changed.add(key);
  }

  /** These records are no longer watched. */
  drop(records: Iterable<RecordKey>): void {
    for (const key of records) {
      this.#records.delete(key);
      this.#changed.delete(key);
    }
  }

  noteResource(resource: string): void {
    this.#resources ??= new Set();
    this.#resources.add(resource);
  }

  /** These resources are no longer watched. */
  dropResources(resources: Iterable<string>): void {
    for (const resource of resources) this.#resources?.delete(resource);
  }

  noteViewers(record: RecordKey): void {
    this.#viewers ??= new Set();
    this.#viewers.add(record);
  }

  /** The viewers of these records are no longer watched. */
  dropViewers(records: Iterable<RecordKey>): void {
    for (const record of records) this.#viewers?.delete(record);
  }

  dropTasks(taskIds: Iterable<string>): void {
    for (const id of taskIds) this.#tasks.delete(id);
  }

  noteTask(task: TaskView): void {
    const pending = this.#tasks.get(task.id);
    if (!pending || pending.version <= task.version) this.#tasks.set(task.id, task);
  }

  get isEmpty(): boolean {
    const all = [this.#records, this.#tasks, this.#changed, this.#resources, this.#viewers];
    return all.every((some) => some === undefined || some.size === 0);
  }

  /** Removes the changes, and returns them. */
  take(): TakenChanges {
    const taken: TakenChanges = { records: [...this.#records], tasks: [...this.#tasks.values()] };
    if (this.#changed.size > 0) taken.changed = [...this.#changed];
    if (this.#resources && this.#resources.size > 0) taken.resources = [...this.#resources];
    if (this.#viewers && this.#viewers.size > 0) taken.viewers = [...this.#viewers];
    for (const some of [this.#records, this.#tasks, this.#changed, this.#resources, this.#viewers])
      some?.clear();
    return taken;
  }
}
