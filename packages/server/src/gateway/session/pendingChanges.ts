/**
 * The changes that a session is still to be sent. Pure.
 *
 * They are a set of names, not of messages. Sending reads the newest state and the newest change of each record, and keeps the newest state of
 * each task. So a slow socket never has a growing backlog, and a task that reports a thousand times between two messages
 * is sent once.
 */
import type { RecordKey, TaskView } from '@rowlock/protocol';

export class PendingChanges {
  readonly #records = new Set<RecordKey>();
  readonly #tasks = new Map<string, TaskView>();
  readonly #changed = new Set<RecordKey>();
  /** Absent in most sessions, which watch no resource */
  #resources: Set<string> | undefined;

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

  noteTask(task: TaskView): void {
    const pending = this.#tasks.get(task.id);
    if (!pending || pending.version <= task.version) this.#tasks.set(task.id, task);
  }

  get isEmpty(): boolean {
    const sizes = [this.#records.size, this.#tasks.size, this.#changed.size, this.#resources?.size ?? 0];
    return sizes.every((size) => size === 0);
  }

  /** Removes the changes, and returns them. */
  take(): { records: RecordKey[]; tasks: TaskView[]; changed?: RecordKey[]; resources?: string[] } {
    const [changed, resources] = [[...this.#changed], [...(this.#resources ?? [])]];
    const taken = {
      records: [...this.#records],
      tasks: [...this.#tasks.values()],
      ...(changed.length > 0 && { changed }),
      ...(resources.length > 0 && { resources }),
    };
    this.#records.clear();
    this.#tasks.clear();
    this.#changed.clear();
    this.#resources?.clear();
    return taken;
  }
}
