/** Listeners by key. A listener on many keys is called once for a change of many. */
export class KeyedListeners<K> {
  readonly #byKey = new Map<K, Set<() => void>>();

  add(keys: Iterable<K>, listener: () => void): void {
    for (const key of keys) {
      const listeners = this.#byKey.get(key);
      if (listeners) listeners.add(listener);
      else this.#byKey.set(key, new Set([listener]));
    }
  }

  remove(keys: Iterable<K>, listener: () => void): void {
    for (const key of keys) {
      const listeners = this.#byKey.get(key);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#byKey.delete(key);
    }
  }

  has(key: K): boolean {
    return this.#byKey.has(key);
  }

  /** Adds the listeners on any of `keys` to `into`. */
  collect(keys: Iterable<K>, into: Set<() => void>): void {
    for (const key of keys) {
      for (const listener of this.#byKey.get(key) ?? []) into.add(listener);
    }
  }

  collectAll(into: Set<() => void>): void {
    for (const listeners of this.#byKey.values()) {
      for (const listener of listeners) into.add(listener);
    }
  }
}
