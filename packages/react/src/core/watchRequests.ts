/** Sends `watch` and `unwatch`, and deals with the answers: a snapshot, a final refusal, or a refusal to retry. */
import type { ErrorBody, Hidden, RecordKey, TaskView, View } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { Interest } from './interest.ts';
import { affectsEveryRequest, Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';
import {
  buildWatchMessage,
  isListKey,
  splitByPermission,
  WATCH_KINDS,
  type WatchKeys,
  type WatchKind,
} from './watchMessages.ts';

/** The keys that this tab watches, by kind, and how far the server knows of them. */
export type Interests = { [Kind in keyof WatchKeys]: Interest<WatchKeys[Kind][number]> };

export interface WatchRequestsOptions {
  transport: Transport;
  clock: ClientClock;
  interests: Interests;
  /** `asked`: what the view answers in full. A list of tasks is never answered in full, so it is not among them */
  onSnapshot: (asked: WatchKeys, view: View) => void;
  /** The version up to which the changes of watched records are known. Undefined before the first answer */
  getKnownVersion: () => number | undefined;
  /** The newest tasks of a list have arrived, and changes follow. The server has said nothing of older ones */
  onListed: (key: string, newest: readonly TaskView[]) => void;
  onRefused: (keys: WatchKeys) => void;
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

  /**
   * True once the view shows what the server answered. `since`: the answer also contains the changes of the records since that
   * version. Default for records that were watched before a gap: the version that is known
   */
  watch(keys: WatchKeys, since = this.#sinceOf(keys.records)): Promise<boolean> {
    const generation = this.#generation;
    return new Promise((resolve) => {
      // In the callback, and not in a continuation: a change that came after the answer must not be overwritten by it.
      const message = buildWatchMessage(keys, since);
      void this.#options.transport.request('watch', message, (answer) => {
        if (generation !== this.#generation) resolve(false);
        else if (answer.ok) {
          if (!this.#backoff.isPending) this.#backoff.reset();
          this.#onSnapshot(keys, answer);
          resolve(true);
        } else {
          this.#onRefused(keys, answer.error).then(() => resolve(false));
        }
      });
    });
  }

  unwatch(keys: WatchKeys): void {
    void this.#options.transport.request('unwatch', buildWatchMessage(keys));
  }

  /** Why the server refuses to let one of these be watched. */
  findRefusal(kind: WatchKind, keys: Iterable<string>): RowlockClientError | undefined {
    if (this.#refusals.size === 0) return undefined;
    for (const key of keys) {
      const refusal = this.#refusals.get(nameOf(kind, key));
      if (refusal) return refusal;
    }
    return undefined;
  }

  forgetRefusals(keys: WatchKeys): void {
    for (const name of namesOf(keys)) this.#refusals.delete(name);
  }

  forgetAllRefusals(): void {
    this.#refusals.clear();
  }

  /** The server no longer lets these be watched. */
  noteHidden({ records, resources, tasks, error }: Hidden): void {
    const { interests } = this.#options;
    // A message that crossed with `unwatch` is about nothing here.
    const keys: WatchKeys = {
      records: records.filter((key) => interests.records.has(key)),
      presence: records.filter((key) => interests.presence.has(key)),
      resources: resources.filter((resource) => interests.resources.has(resource)),
      tasks: tasks.filter((id) => interests.tasks.has(id)),
    };
    for (const kind of WATCH_KINDS) interests[kind].forgetAnswers(keys[kind] as never[]);
    // Tasks are watched on: the server sends them if the user gets the permission.
    if (isFinalRefusal(error)) this.#noteRefused({ ...keys, tasks: [] }, error);
    else this.#sendAgain(keys);
  }

  /** Records that were watched before a gap: the answer contains the changes that this tab has missed. */
  #sinceOf(records: RecordKey[]): number | undefined {
    const wasWatched = records.some((key) => this.#options.interests.records.wasAnswered(key));
    return wasWatched ? this.#options.getKnownVersion() : undefined;
  }

  #onSnapshot(keys: WatchKeys, view: View): void {
    const { onSnapshot, onListed } = this.#options;
    this.#mark(keys, 'answered');
    this.forgetRefusals(keys);
    onSnapshot({ ...keys, tasks: keys.tasks.filter((key) => !isListKey(key)) }, view);
    for (const key of keys.tasks) if (isListKey(key)) onListed(key, view.tasks);
  }

  async #onRefused(keys: WatchKeys, error: ErrorBody): Promise<void> {
    // One forbidden resource or task must not blind the rest of the page.
    const parts = splitByPermission(keys);
    if (!affectsEveryRequest(error) && parts.length > 1) {
      await Promise.all(parts.map((part) => this.watch(part)));
    } else if (isFinalRefusal(error)) {
      this.#noteRefused(keys, error);
      this.#options.onRefused(keys);
    } else this.#sendAgain(keys);
  }

  #noteRefused(keys: WatchKeys, error: ErrorBody): void {
    this.#mark(keys, 'refused');
    const refusal = new RowlockClientError(error);
    for (const name of namesOf(keys)) this.#refusals.set(name, refusal);
  }

  #sendAgain(keys: WatchKeys): void {
    this.#mark(keys, 'unsent');
    this.#backoff.schedule(() => this.#options.onRetry());
  }

  #mark(keys: WatchKeys, stage: 'answered' | 'refused' | 'unsent'): void {
    for (const kind of WATCH_KINDS) this.#options.interests[kind].mark(keys[kind] as never[], stage);
  }
}

const nameOf = (kind: WatchKind, key: string): string => `${kind} ${key}`;

const namesOf = (keys: WatchKeys): string[] =>
  WATCH_KINDS.flatMap((kind) => keys[kind].map((key) => nameOf(kind, key)));
