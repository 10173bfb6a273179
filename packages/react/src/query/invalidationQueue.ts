/** Decides when changed data is loaded again: each key at most once a second, and nothing while the page is hidden. */
import type { QueryKey } from '@tanstack/react-query';
import type { ClientClock } from '../core/clock.ts';
import { elapsedMs, getMoment, type Moment } from '../core/moment.ts';

/** Several changes within this time load the data once more, after the last of them. */
const EVERY_MS = 1_000;

export interface InvalidationQueueOptions {
  clock: ClientClock;
  isHidden: () => boolean;
  /** Marks the queries of a key as old, and loads those on screen again */
  invalidate: (key: QueryKey) => void;
}

interface Entry {
  key: QueryKey;
  isDue: boolean;
  doneAt: Moment | undefined;
  cancel: () => void;
}

export class InvalidationQueue {
  readonly #options: InvalidationQueueOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: InvalidationQueueOptions) {
    this.#options = options;
  }

  /** The data of these keys has changed. */
  add(keys: readonly QueryKey[]): void {
    for (const key of keys) {
      const name = JSON.stringify(key);
      const entry = this.#entries.get(name) ?? { key, isDue: false, doneAt: undefined, cancel: () => {} };
      this.#entries.set(name, entry);
      if (entry.isDue) continue;
      entry.isDue = true;
      this.#schedule(entry);
    }
  }

  /** The page is visible again. */
  resume(): void {
    for (const entry of this.#entries.values()) if (entry.isDue) this.#schedule(entry);
  }

  stop(): void {
    for (const entry of this.#entries.values()) entry.cancel();
    this.#entries.clear();
  }

  #schedule(entry: Entry): void {
    const { clock, isHidden, invalidate } = this.#options;
    entry.cancel();
    if (isHidden()) return;
    const restMs = entry.doneAt ? EVERY_MS - elapsedMs(entry.doneAt, clock) : 0;
    // Changes that come together are one.
    entry.cancel = clock.after(Math.max(0, restMs), () => {
      if (isHidden()) return;
      entry.isDue = false;
      entry.doneAt = getMoment(clock);
      invalidate(entry.key);
    });
  }
}
