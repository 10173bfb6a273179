/** The listeners on watched records and tasks. */
import type { RecordKey } from '@rowlock/protocol';
import { KeyedListeners } from './keyedListeners.ts';
import type { ChangedKeys } from './knownView.ts';
import { isListKey } from './watchMessages.ts';

export class ViewListeners {
  readonly #records = new KeyedListeners<RecordKey>();
  readonly #tasks = new KeyedListeners<string>();
  /** Any change of a task can change any of these */
  readonly #lists = new Set<string>();

  /** Listens to these records and tasks until the returned function is called. */
  add(records: readonly RecordKey[], tasks: readonly string[], listener: () => void): () => void {
    // A function of its own, so that the same listener can watch twice.
    const call = () => listener();
    this.#records.add(records, call);
    this.#tasks.add(tasks, call);
    for (const key of tasks) if (isListKey(key)) this.#lists.add(key);
    return () => {
      this.#records.remove(records, call);
      this.#tasks.remove(tasks, call);
    };
  }

  /** Calls each listener on any of these once. */
  announce(changed: ChangedKeys): void {
    const listeners = new Set<() => void>();
    this.#records.collect(changed.records, listeners);
    this.#tasks.collect(changed.tasks, listeners);
    if (changed.tasks.size > 0) this.#tasks.collect(this.#lists, listeners);
    for (const listener of listeners) listener();
  }

  /** Adds every listener to `into`. */
  collectAll(into: Set<() => void>): void {
    this.#records.collectAll(into);
    this.#tasks.collectAll(into);
  }
}
