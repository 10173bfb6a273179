/** The pages of one browser: they can copy their storage, and share locks, which end with their page. */
import type { StorageArea, TabLocks } from '@rowlock/react/core';

export class Browser {
  readonly #locks = new Set<string>();

  /** A page whose storage begins with a copy of `content`. */
  openPage(content: ReadonlyMap<string, string> = new Map()): Page {
    return new Page(this.#locks, content);
  }
}

export class Page {
  readonly #locksOfAll: Set<string>;
  readonly #ends = new Set<() => void>();
  readonly content: Map<string, string>;
  #isGone = false;

  constructor(locksOfAll: Set<string>, content: ReadonlyMap<string, string>) {
    this.#locksOfAll = locksOfAll;
    this.content = new Map(content);
  }

  /** A page that is gone stores nothing. */
  readonly storage: StorageArea = {
    getItem: (name) => this.content.get(name) ?? null,
    setItem: (name, value) => {
      if (!this.#isGone) this.content.set(name, value);
    },
  };

  /** As `navigator.locks`, for requests with `ifAvailable`. */
  readonly locks = {
    request: async (name: string, _options: object, callback: (lock: { name: string } | null) => unknown) => {
      if (this.#locksOfAll.has(name) || this.#isGone) return callback(null);
      this.#locksOfAll.add(name);
      const gone = new Promise<void>((resolve) => this.#ends.add(resolve));
      await Promise.race([callback({ name }), gone]);
      this.#locksOfAll.delete(name);
    },
  } as unknown as TabLocks;

  /** The page is gone at once, without running any code. */
  async destroy(): Promise<void> {
    this.#isGone = true;
    for (const end of this.#ends) end();
    // The locks are free when their requests have noticed it.
    await Promise.resolve();
    await Promise.resolve();
  }
}
