/** The listeners on everything that this tab watches, by kind. */
import { KeyedListeners } from './keyedListeners.ts';
import { isListKey, WATCH_KINDS, type WatchKeys } from './watchMessages.ts';

/** Keys by kind. Absent: none */
export type SomeKeys = { readonly [Kind in keyof WatchKeys]?: Iterable<WatchKeys[Kind][number]> };

export class ViewListeners {
  readonly #byKind: { readonly [Kind in keyof WatchKeys]: KeyedListeners<string> };
  /** Any change of a task can change any of these */
  readonly #lists = new Set<string>();

  constructor() {
    this.#byKind = {
      records: new KeyedListeners(),
      tasks: new KeyedListeners(),
      resources: new KeyedListeners(),
      presence: new KeyedListeners(),
    };
  }

  /** Listens to these until the returned function is called. */
  add(keys: SomeKeys, listener: () => void): () => void {
    // A function of its own, so that the same listener can watch twice.
    const call = () => listener();
    for (const kind of WATCH_KINDS) this.#byKind[kind].add(keys[kind] ?? [], call);
    const lists = [...(keys.tasks ?? [])].filter(isListKey);
    for (const key of lists) this.#lists.add(key);
    return () => {
      for (const kind of WATCH_KINDS) this.#byKind[kind].remove(keys[kind] ?? [], call);
      for (const key of lists) if (!this.#byKind.tasks.has(key)) this.#lists.delete(key);
    };
  }

  /** Calls each listener on any of these once. */
  announce(changed: SomeKeys): void {
    const listeners = new Set<() => void>();
    for (const kind of WATCH_KINDS) this.#byKind[kind].collect(changed[kind] ?? [], listeners);
    const [anyTask] = changed.tasks ?? [];
    if (anyTask !== undefined) this.#byKind.tasks.collect(this.#lists, listeners);
    for (const listener of listeners) listener();
  }

  /** Adds every listener to `into`. */
  collectAll(into: Set<() => void>): void {
    for (const kind of WATCH_KINDS) this.#byKind[kind].collectAll(into);
  }
}
