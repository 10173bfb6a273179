/**
 * Keeps the server informed of what this tab watches. Everything that is asked for in one turn goes into one message, in
 * parts if it is large. It is sent again on every new connection, and unwatched when nobody has wanted it for a while.
 */
import { DEFAULT_LIMITS, type Hidden, type Limits, type RecordKey } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { Interest } from './interest.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { SomeKeys } from './viewListeners.ts';
import {
  noKeys,
  planUnwatch,
  planWatch,
  splitRecords,
  WATCH_KINDS,
  type WatchKeys,
  type WatchKind,
} from './watchMessages.ts';
import { type Interests, WatchRequests, type WatchRequestsOptions } from './watchRequests.ts';

/** A remount within this time, or a page that is left and entered again, sends nothing. */
const UNWATCH_AFTER_MS = 500;

export interface SubscriptionsOptions
  extends Pick<
    WatchRequestsOptions,
    'transport' | 'clock' | 'onSnapshot' | 'onListed' | 'onRefused' | 'getKnownVersion'
  > {
  /** These are no longer watched, so their data can be forgotten */
  onIdle: (keys: WatchKeys) => void;
  warn: (message: string) => void;
}

export class Subscriptions implements Interests {
  readonly records = new Interest<RecordKey>();
  /** By id, and lists by their keys */
  readonly tasks = new Interest<string>();
  /** Whole resources */
  readonly resources = new Interest<string>();
  /** Records whose viewers are watched */
  readonly presence = new Interest<RecordKey>();
  readonly #clock: ClientClock;
  readonly #requests: WatchRequests;
  readonly #onIdle: SubscriptionsOptions['onIdle'];
  readonly #warn: SubscriptionsOptions['warn'];
  #isConnected = false;
  #limits: Limits = DEFAULT_LIMITS;
  #isFlushQueued = false;
  #isSweepPending = false;
  readonly #hasWarnedOf = new Set<string>();

  constructor(options: SubscriptionsOptions) {
    this.#clock = options.clock;
    this.#onIdle = options.onIdle;
    this.#warn = options.warn;
    this.#requests = new WatchRequests({
      ...options,
      interests: this,
      onRetry: () => this.#flushSoon(),
    });
  }

  retain(keys: SomeKeys): void {
    for (const kind of WATCH_KINDS) this.#interestIn(kind).retain(keys[kind] ?? []);
    this.#flushSoon();
  }

  release(keys: SomeKeys): void {
    for (const kind of WATCH_KINDS) this.#interestIn(kind).release(keys[kind] ?? []);
    if (this.#isSweepPending) return;
    this.#isSweepPending = true;
    this.#clock.after(UNWATCH_AFTER_MS, () => {
      this.#isSweepPending = false;
      this.#sweep();
      this.#flushSoon();
    });
  }

  begin(limits: Limits): void {
    this.#isConnected = true;
    this.#limits = limits;
    this.refresh();
  }

  /** Asks for everything again. Until the answers arrive, nothing counts as fresh. */
  refresh(): void {
    this.#requests.forgetAllRefusals();
    this.#restart();
    this.#flushSoon();
  }

  /** The connection is lost. */
  abandon(): void {
    this.#isConnected = false;
    this.#restart();
  }

  noteHidden(hidden: Hidden): void {
    this.#requests.noteHidden(hidden);
  }

  /** Why the server refuses to let one of these be watched. */
  findRefusal(kind: WatchKind, keys: Iterable<string>): RowlockClientError | undefined {
    return this.#requests.findRefusal(kind, keys);
  }

  /**
   * Asks again about watched records. True once the view shows them as the server answered. `since`: asks also for their
   * changes since that version.
   */
  async lookAgain(records: readonly RecordKey[], since?: number): Promise<boolean> {
    const watched = records.filter((key) => this.records.has(key));
    if (!this.#isConnected || watched.length === 0) return false;
    const parts = splitRecords(watched, this.#limits.messageBytes);
    return (
      await Promise.all(parts.map((part) => this.#requests.watch({ ...noKeys(), records: part }, since)))
    ).every(Boolean);
  }

  #restart(): void {
    this.#requests.startGeneration();
    for (const kind of WATCH_KINDS) this[kind].markAllUnsent();
  }

  /** The keys of every kind are strings. */
  #interestIn(kind: WatchKind): Interest<string> {
    return this[kind] as Interest<string>;
  }

  #flushSoon(): void {
    if (this.#isFlushQueued) return;
    this.#isFlushQueued = true;
    queueMicrotask(() => {
      this.#isFlushQueued = false;
      if (this.#isConnected) this.#flush();
    });
  }

  #flush(): void {
    const unsent = {
      records: this.#listToSend('records', this.#limits.watchedRecords),
      tasks: this.tasks.listUnsent(),
      resources: this.resources.listUnsent(),
      presence: this.#listToSend('presence', this.#limits.presenceRecords),
    };
    for (const kind of WATCH_KINDS) this.#interestIn(kind).mark(unsent[kind], 'sent');
    for (const part of planWatch(unsent, this.#limits.messageBytes)) void this.#requests.watch(part);
  }

  /** As many as the server lets this tab watch. */
  #listToSend(kind: 'records' | 'presence', limit: number): RecordKey[] {
    const records = this[kind].listUnsent();
    if (records.length <= limit - this[kind].countSent()) return records;
    this.#sweep();
    const free = limit - this[kind].countSent();
    if (records.length > free) this.#warnOfLimit(kind, records.length - free, limit);
    return records.slice(0, free);
  }

  #sweep(): void {
    const [all, sent] = [noKeys(), noKeys()];
    for (const kind of WATCH_KINDS) {
      const idle = this.#interestIn(kind).removeIdle();
      Object.assign(all, { [kind]: idle.all });
      Object.assign(sent, { [kind]: idle.sent });
    }
    if (this.#isConnected) {
      for (const part of planUnwatch(sent, this.#limits.messageBytes)) this.#requests.unwatch(part);
    }
    this.#requests.forgetRefusals(all);
    this.#onIdle(all);
  }

  #warnOfLimit(kind: 'records' | 'presence', excess: number, limit: number): void {
    if (this.#hasWarnedOf.has(kind)) return;
    this.#hasWarnedOf.add(kind);
    const [what, effect] =
      kind === 'records'
        ? [`${excess} records`, 'they are shown as unknown']
        : [`the viewers of ${excess} records`, 'they are not shown'];
    this.#warn(
      `This page watches ${what} more than the server allows (${limit}), so ${effect}. Watch only the rows on screen, ` +
        'for example by virtualising the table.',
    );
  }
}
