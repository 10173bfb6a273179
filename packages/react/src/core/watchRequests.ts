/** Sends `watch` and `unwatch`, and deals with the answers: a snapshot, a final refusal, or a refusal to retry. */
import type { ErrorBody, RecordKey, View } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { Interest } from './interest.ts';
import { affectsEveryRequest, Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';
import { ALL_TASKS, buildWatchMessage, splitByResource } from './watchMessages.ts';

/** The keys that a snapshot answers for, in full. The list of all tasks is never answered in full, so it is not among them. */
export interface Asked {
  records: Iterable<RecordKey>;
  tasks: Iterable<string>;
}

export interface WatchRequestsOptions {
  transport: Transport;
  clock: ClientClock;
  records: Interest<RecordKey>;
  tasks: Interest<string>;
  onSnapshot: (asked: Asked, view: View) => void;
  /** The version up to which the changes of watched records are known. Undefined before the first answer */
  getKnownVersion: () => number | undefined;
  /** The newest tasks have arrived, and their changes follow. The server has said nothing of older ones */
  onAllTasksListed: () => void;
  onRefused: (records: RecordKey[], tasks: string[]) => void;
  /** It is time to send again what was refused for the moment */
  onRetry: () => void;
}

export class WatchRequests {
  readonly #options: WatchRequestsOptions;
  readonly #refusals = new Map<string, RowlockClientError>();
  readonly #backoff: Backoff;
  /** Answers to requests of an earlier generation are void: they were sent on another connection, or before a refresh. */
  #generation = 0;

  constructor(options: WatchRequestsOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock);
  }

  /** All requests that are under way are void. */
  startGeneration(): void {
    this.#generation += 1;
    this.#backoff.reset();
  }

  /** True once the view shows what the server answered. */
  watch(records: RecordKey[], tasks: string[]): Promise<boolean> {
    const generation = this.#generation;
    return new Promise((resolve) => {
      // In the callback, and not in a continuation: a change that came after the answer must not be overwritten by it.
      const message = buildWatchMessage(records, tasks, this.#sinceOf(records));
      void this.#options.transport.request('watch', message, (answer) => {
        if (generation !== this.#generation) resolve(false);
        else if (answer.ok) {
          if (!this.#backoff.isPending) this.#backoff.reset();
          this.#onSnapshot(records, tasks, answer);
          resolve(true);
        } else {
          this.#onRefused(records, tasks, answer.error).then(() => resolve(false));
        }
      });
    });
  }

  unwatch(records: RecordKey[], tasks: string[]): void {
    void this.#options.transport.request('unwatch', buildWatchMessage(records, tasks));
  }

  /** Why the server refuses to let one of these be watched. */
  findRefusal(keys: Iterable<string>): RowlockClientError | undefined {
    if (this.#refusals.size === 0) return undefined;
    for (const key of keys) {
      const refusal = this.#refusals.get(key);
      if (refusal) return refusal;
    }
    return undefined;
  }

  forgetRefusals(keys: Iterable<string>): void {
    for (const key of keys) this.#refusals.delete(key);
  }

  forgetAllRefusals(): void {
    this.#refusals.clear();
  }

  /** Records that were watched before a gap: the answer contains the changes that this tab has missed. */
  #sinceOf(records: RecordKey[]): number | undefined {
    const wasWatched = records.some((key) => this.#options.records.wasAnswered(key));
    return wasWatched ? this.#options.getKnownVersion() : undefined;
  }

  #onSnapshot(records: RecordKey[], tasks: string[], view: View): void {
    this.#options.records.mark(records, 'answered');
    this.#options.tasks.mark(tasks, 'answered');
    this.#options.onSnapshot({ records, tasks: tasks.filter((id) => id !== ALL_TASKS) }, view);
    if (tasks.includes(ALL_TASKS)) this.#options.onAllTasksListed();
  }

  async #onRefused(records: RecordKey[], tasks: string[], error: ErrorBody): Promise<void> {
    // One forbidden resource or task must not blind the rest of the page.
    const parts = splitByResource(records);
    if (!affectsEveryRequest(error) && parts.length + Math.min(tasks.length, 1) > 1) {
      const requests = parts.map((part) => this.watch(part, []));
      if (tasks.length > 0) requests.push(this.watch([], tasks));
      await Promise.all(requests);
    } else if (isFinalRefusal(error)) {
      this.#mark(records, tasks, 'refused');
      const refusal = new RowlockClientError(error);
      for (const key of [...records, ...tasks]) this.#refusals.set(key, refusal);
      this.#options.onRefused(records, tasks);
    } else {
      this.#mark(records, tasks, 'unsent');
      this.#backoff.schedule(() => this.#options.onRetry());
    }
  }

  #mark(records: RecordKey[], tasks: string[], stage: 'refused' | 'unsent'): void {
    this.#options.records.mark(records, stage);
    this.#options.tasks.mark(tasks, stage);
  }
}
