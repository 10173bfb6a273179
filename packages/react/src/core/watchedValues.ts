/** The values that the server sends about watched keys of one kind, such as resources, and snapshots of them. */
import type { ConnectionState } from './connection.ts';
import type { Interest } from './interest.ts';
import { isSameContent } from './isSameContent.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { WatchKind } from './watchMessages.ts';

/** The facts of a snapshot. */
export interface WatchedValue<Value> {
  /** Undefined before the first answer, and if the server refuses */
  value: Value | undefined;
  isStale: boolean;
  error: RowlockClientError | undefined;
}

export interface WatchedValuesOptions<Value, Snapshot> {
  kind: WatchKind;
  subscriptions: Subscriptions;
  getConnection: () => ConnectionState;
  toSnapshot: (watched: WatchedValue<Value>) => Snapshot;
  /** The snapshot of a key of which nothing is known */
  unknown: Snapshot;
}

export class WatchedValues<Value extends object, Snapshot> {
  readonly #options: WatchedValuesOptions<Value, Snapshot>;
  readonly #values = new Map<string, Value>();
  readonly #shown = new Map<string, WatchedValue<Value> & { snapshot: Snapshot }>();

  constructor(options: WatchedValuesOptions<Value, Snapshot>) {
    this.#options = options;
  }

  /** The same snapshot for as long as nothing that it shows has changed. */
  get(key: string): Snapshot {
    const { kind, subscriptions, getConnection, toSnapshot, unknown } = this.#options;
    const before = this.#shown.get(key) ?? {
      value: undefined,
      isStale: true,
      error: undefined,
      snapshot: unknown,
    };
    if (!this.#interest.has(key)) return before.snapshot;
    const value = this.#values.get(key);
    const error = subscriptions.findRefusal(kind, [key]);
    const isStale = getConnection().status !== 'live' || !this.#interest.isAnswered(key);
    if (before.value === value && before.isStale === isStale && before.error === error)
      return before.snapshot;
    const snapshot = toSnapshot({ value, isStale, error });
    this.#shown.set(key, { value, isStale, error, snapshot });
    return snapshot;
  }

  /** Returns the keys whose values have changed. */
  apply<Key extends string>(values: Readonly<Record<Key, Value>> | undefined): Set<Key> {
    const changed = new Set<Key>();
    for (const [key, value] of Object.entries(values ?? {}) as [Key, Value][]) {
      // A change can cross with the message that unwatches the key.
      if (!this.#interest.has(key) || isSameContent(this.#values.get(key), value)) continue;
      this.#values.set(key, value);
      changed.add(key);
    }
    return changed;
  }

  /** These are no longer watched, or the server refuses them. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#values.delete(key);
      this.#shown.delete(key);
    }
  }

  /** The keys of every kind are strings. */
  get #interest(): Interest<string> {
    return this.#options.subscriptions[this.#options.kind] as Interest<string>;
  }
}
