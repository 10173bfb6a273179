/**
 * Tells the server what this tab watches: one message for all that was asked for in the same turn, in parts where it is
 * large; again on every new connection; and no more once nobody has wanted it for a while.
 */
import { DEFAULT_LIMITS, type ErrorBody, type Limits, type RecordKey, type View } from '@rowlock/protocol';
import type { Clock } from './clock.ts';
import { Interest } from './interest.ts';
import type { Asked } from './liveView.ts';
import { Backoff, concernsEveryRequest, isFinalRefusal } from './refusals.ts';
import type { Transport } from './transport.ts';
import { ALL_TASKS, byResource, interestMessage, recordsInParts, tasksInParts } from './watchMessages.ts';

/** A remount and a page that is flipped back and forth do not reach the server within this time. */
const UNWATCH_AFTER_MS = 500;

export interface SubscriptionsOptions {
  transport: Transport;
  clock: Clock;
  onSnapshot: (asked: Asked, view: View) => void;
  /** The newest tasks have been listed, and come as changes from now on; of older ones the server has said nothing yet. */
  onAllTasksListed: () => void;
  /** What is watched no more, so that its data can be let go. */
  onIdle: (records: RecordKey[], tasks: string[]) => void;
  onRefused: (records: RecordKey[], tasks: string[]) => void;
  warn: (message: string) => void;
}

export class Subscriptions {
  readonly records = new Interest<RecordKey>();
  readonly tasks = new Interest<string>();
  readonly #options: SubscriptionsOptions;
  readonly #refusals = new Map<string, ErrorBody>();
  readonly #backoff: Backoff;
  /** Answers to what was asked on an earlier connection, or before a refresh, are void. */
  #generation = 0;
  #connected = false;
  #limits: Limits = DEFAULT_LIMITS;
  #flushQueued = false;
  #sweepPending = false;
  #warned = false;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock);
  }

  retain(records: Iterable<RecordKey>, tasks: Iterable<string>): void {
    this.records.retain(records);
    this.tasks.retain(tasks);
    this.#flushSoon();
  }

  release(records: Iterable<RecordKey>, tasks: Iterable<string>): void {
    this.records.release(records);
    this.tasks.release(tasks);
    if (this.#sweepPending) return;
    this.#sweepPending = true;
    this.#options.clock.after(UNWATCH_AFTER_MS, () => {
      this.#sweepPending = false;
      this.#sweep();
      this.#flushSoon();
    });
  }

  begin(limits: Limits): void {
    this.#connected = true;
    this.#limits = limits;
    this.refresh();
  }

  /** Asks for everything again; until the answers come, nothing counts as fresh. */
  refresh(): void {
    this.#generation += 1;
    this.#backoff.reset();
    this.#refusals.clear();
    this.records.forgetTold();
    this.tasks.forgetTold();
    this.#flushSoon();
  }

  abandon(): void {
    this.#connected = false;
    this.#generation += 1;
    this.#backoff.reset();
    this.records.forgetTold();
    this.tasks.forgetTold();
  }

  /** Why the server does not let these be watched, where it does not. */
  refusal(keys: Iterable<string>): ErrorBody | undefined {
    if (this.#refusals.size === 0) return undefined;
    for (const key of keys) {
      const refusal = this.#refusals.get(key);
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** A fresh look at records that are watched already. True once the view shows them as the server answered. */
  async lookAgain(records: RecordKey[]): Promise<boolean> {
    const watched = records.filter((key) => this.records.has(key));
    if (!this.#connected || watched.length === 0) return false;
    const parts = recordsInParts(watched, this.#limits.messageBytes);
    return (await Promise.all(parts.map((part) => this.#watchRecords(part)))).every(Boolean);
  }

  #flushSoon(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(() => {
      this.#flushQueued = false;
      if (this.#connected) this.#flush();
    });
  }

  #flush(): void {
    let records = this.records.untold();
    let room = this.#limits.watchedRecords - this.records.toldCount();
    if (records.length > room) {
      this.#sweep();
      room = this.#limits.watchedRecords - this.records.toldCount();
      if (records.length > room) this.#warnOfLimit(records.length - room);
      records = records.slice(0, room);
    }
    const untold = this.tasks.untold();
    const tasks = untold.filter((id) => id !== ALL_TASKS);
    this.records.mark(records, 'sent');
    this.tasks.mark(untold, 'sent');

    const recordParts = recordsInParts(records, this.#limits.messageBytes);
    const taskParts = tasksInParts(tasks);
    // The first part of each travels in one message; what is more goes in messages of its own.
    if (recordParts.length > 0 || taskParts.length > 0)
      void this.#watch(recordParts[0] ?? [], taskParts[0] ?? []);
    for (const part of recordParts.slice(1)) void this.#watchRecords(part);
    for (const part of taskParts.slice(1)) void this.#watch([], part);
    if (untold.includes(ALL_TASKS)) void this.#watch([], [ALL_TASKS]);
  }

  #watchRecords(records: RecordKey[]): Promise<boolean> {
    return this.#watch(records, []);
  }

  #watch(records: RecordKey[], tasks: string[]): Promise<boolean> {
    const generation = this.#generation;
    return new Promise((resolve) => {
      // By callback: a change that came after the answer must not be overwritten by it.
      void this.#options.transport.request('watch', interestMessage(records, tasks), (answer) => {
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

  #onSnapshot(records: RecordKey[], tasks: string[], view: View): void {
    this.records.mark(records, 'answered');
    this.tasks.mark(tasks, 'answered');
    this.#options.onSnapshot({ records, tasks: tasks.filter((id) => id !== ALL_TASKS) }, view);
    if (tasks.includes(ALL_TASKS)) this.#options.onAllTasksListed();
  }

  async #onRefused(records: RecordKey[], tasks: string[], error: ErrorBody): Promise<void> {
    // One forbidden resource, or a task, must not blind the rest of the page.
    const parts = byResource(records);
    if (!concernsEveryRequest(error) && parts.length + Math.min(tasks.length, 1) > 1) {
      const asks = parts.map((part) => this.#watch(part, []));
      if (tasks.length > 0) asks.push(this.#watch([], tasks));
      await Promise.all(asks);
    } else if (isFinalRefusal(error)) {
      this.records.mark(records, 'refused');
      this.tasks.mark(tasks, 'refused');
      for (const key of [...records, ...tasks]) this.#refusals.set(key, error);
      this.#options.onRefused(records, tasks);
    } else {
      this.records.mark(records, 'no');
      this.tasks.mark(tasks, 'no');
      this.#backoff.schedule(() => this.#flushSoon());
    }
  }

  #sweep(): void {
    const records = this.records.takeIdle();
    const tasks = this.tasks.takeIdle();
    if (this.#connected) {
      for (const part of recordsInParts(records.told, this.#limits.messageBytes)) this.#unwatch(part, []);
      for (const part of tasksInParts(tasks.told)) {
        const ids = part.filter((id) => id !== ALL_TASKS);
        if (ids.length > 0) this.#unwatch([], ids);
        if (ids.length < part.length) this.#unwatch([], [ALL_TASKS]);
      }
    }
    for (const key of [...records.all, ...tasks.all]) this.#refusals.delete(key);
    this.#options.onIdle(records.all, tasks.all);
  }

  #unwatch(records: RecordKey[], tasks: string[]): void {
    void this.#options.transport.request('unwatch', interestMessage(records, tasks));
  }

  #warnOfLimit(tooMany: number): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      `This page watches ${tooMany} records more than the server allows (${this.#limits.watchedRecords}). ` +
        'They are shown as unknown. Watch only the rows on screen, for example by virtualising the table.',
    );
  }
}
