/**
 * The preview of a launch while the user selects: follows the input with a delay, and asks again when somebody locks or unlocks one of
 * its rows.
 */
import type { Preview, RecordKey } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { PreviewOutcome } from './taskRequests.ts';
import type { WatchedRecords } from './watchedRecords.ts';

export interface LaunchPreview {
  /** The newest answer. Absent before it, and without an input */
  preview?: Preview;
  /** True while the answer is about an earlier input, or rows have been locked or unlocked since */
  isStale: boolean;
  /** Why the server refuses the preview */
  error?: RowlockClientError;
}

export interface PreviewObserverOptions {
  clock: ClientClock;
  records: Pick<WatchedRecords, 'watch' | 'getLock'>;
  ask: (input: unknown) => Promise<PreviewOutcome>;
  /** How long the input must rest before it is sent, in ms. Default 250 */
  debounceMs?: number;
}

export const NO_PREVIEW: LaunchPreview = Object.freeze({ isStale: false });

/** A preview counts as 10 messages, so changes of locks ask for a new one at this interval at most. */
const AGAIN_MS = 2_000;

export class PreviewObserver {
  readonly #options: PreviewObserverOptions;
  readonly #listeners = new Set<() => void>();
  #input: unknown;
  #state = NO_PREVIEW;
  /** Rises with each input: an answer to an earlier one is void */
  #generation = 0;
  #cancelTimer = () => {};
  #stopWatching = () => {};

  constructor(options: PreviewObserverOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  };

  readonly get = (): LaunchPreview => this.#state;

  /** Undefined: there is nothing to preview. An input of the same content changes nothing. */
  set(input: unknown): void {
    if (JSON.stringify(input) === JSON.stringify(this.#input)) return;
    this.#input = input;
    this.#rest();
    this.#show(input === undefined ? NO_PREVIEW : { ...this.#state, isStale: true });
    if (input !== undefined) this.#schedule(this.#options.debounceMs ?? 250);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const outcome = await this.#options.ask(this.#input);
    if (generation !== this.#generation) return;
    if (!outcome.ok) return this.#show({ isStale: false, error: outcome.error });
    const { ok: _, ...preview } = outcome;
    this.#show({ preview, isStale: false });
    this.#watch([...new Set([...preview.records, ...preview.conflicts.flatMap(({ records }) => records)])]);
  }

  #watch(keys: readonly RecordKey[]): void {
    this.#stopWatching();
    const { records } = this.#options;
    let known: string | undefined;
    const look = () => {
      const locks = keys.map((key) => records.getLock(key));
      if (locks.some(({ isStale }) => isStale)) return;
      const now = locks.map(({ lease }) => lease?.id ?? '').join();
      if (known !== undefined && known !== now) {
        this.#show({ ...this.#state, isStale: true });
        this.#schedule(AGAIN_MS);
      }
      known = now;
    };
    this.#stopWatching = records.watch(keys, look);
    look();
  }

  /** Asks and watches no more until there is another input. */
  #rest(): void {
    this.#generation += 1;
    this.#cancelTimer();
    this.#stopWatching();
    this.#stopWatching = () => {};
  }

  #show(state: LaunchPreview): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
