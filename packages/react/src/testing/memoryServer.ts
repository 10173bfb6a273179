/**
 * A small Rowlock server in memory, for stories and tests. It keeps leases and tasks, answers acquire, resume and release,
 * and sends each tab the changes that it watches. It speaks the protocol, so that nothing in the client is bypassed.
 */
import {
  type Ack,
  type Actor,
  type ClientMessage,
  type ClientMessageName,
  DEFAULT_LIMITS,
  type ErrorBody,
  type FinalTaskState,
  type Holder,
  type IdleRule,
  type LeaseEnd,
  type LeaseId,
  type LeaseView,
  type Limits,
  type LockMode,
  PROTOCOL_VERSION,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import { type ClientClock, systemClock } from '../core/clock.ts';
import type { FetchRoute } from '../core/fetchRoute.ts';
import type { ChangeAuthor } from './memoryChanges.ts';
import { createMemoryParts, type MemoryParts } from './memoryParts.ts';
import { createMemoryRoutes } from './memoryRoutes.ts';
import type { MemoryServerOptions } from './memoryServerOptions.ts';
import type { MemoryTab } from './memoryTab.ts';
import type { MemoryTask } from './memoryTaskDefinitions.ts';
import type { NewTask } from './memoryTasks.ts';
import type { MemoryUserSessions } from './memoryUserSessions.ts';

export class MemoryServer {
  readonly clock: ClientClock;
  readonly limits: Limits;
  /** The delay of every answer and event, in ms */
  delayMs: number;
  /** Every message received, oldest first */
  readonly received: { name: ClientMessageName; message: unknown }[] = [];
  /** The sessions of users, and their permissions */
  readonly sessions: MemoryUserSessions;
  readonly #parts: MemoryParts;
  readonly #idle: IdleRule | undefined;
  readonly #refusals = new Map<ClientMessageName, ErrorBody>();
  #isCertain = true;

  constructor(options: MemoryServerOptions = {}) {
    const { clock = systemClock, limits, delayMs = 0, idle } = options;
    this.clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.delayMs = delayMs;
    this.#idle = idle;
    this.#parts = createMemoryParts(options, {
      clock,
      limits: this.limits,
      later: (run) => this.#later(run),
      isCertain: () => this.#isCertain,
    });
    this.sessions = this.#parts.userSessions;
  }

  get isCertain(): boolean {
    return this.#isCertain;
  }

  /** The task as the server has it. */
  task(id: string): TaskView | undefined {
    return this.#parts.ledger.tasks.get(id);
  }

  /** The leases in force on a record. */
  leasesOn(key: RecordKey): LeaseView[] {
    return this.#parts.ledger.leasesOn(key).map((lease) => lease.view);
  }

  /** Somebody outside of the tabs acquires records. Does not check for conflicts. */
  hold(
    records: readonly RecordKey[],
    by: { actor: Actor; label?: string; type?: Holder['type']; id?: string; mode?: LockMode; since?: number },
  ): LeaseId {
    const lease = this.#parts.ledger.acquire(records, {
      holder: {
        type: by.type ?? 'person',
        id: by.id ?? `tab-of-${by.actor.id}`,
        label: by.label ?? by.actor.name,
        actor: by.actor,
      },
      mode: by.mode ?? 'exclusive',
      since: by.since ?? this.clock.now(),
      tab: undefined,
    });
    this.#parts.tabs.sendChanges([...lease.records], []);
    return lease.view.id;
  }

  /** Ends a lease, in force or waiting, as its holder would. For any other reason, a tab that holds it is notified. */
  free(leaseId: LeaseId, reason: LeaseEnd = 'released', takeover?: { by: Actor; why: string }): void {
    this.#parts.endLease(leaseId, reason, takeover);
  }

  /** The version of the data, as a route that reads sends it. */
  get version(): number {
    return this.#parts.ledger.changes.version;
  }

  /** Somebody changes the data of records. Returns the version of the change. */
  change(records: readonly RecordKey[], author: ChangeAuthor = {}): number {
    const change = this.#parts.ledger.changes.note(records, author, this.clock.now());
    this.#parts.tabs.sendChange(change);
    return change.version;
  }

  /** A task begins, and holds its records. */
  startTask(task: NewTask): TaskView {
    return this.#parts.tasks.start(task);
  }

  /** Changes a task. Its version rises by itself. A final state ends its lease. */
  updateTask(id: string, change: Partial<TaskView>): TaskView {
    return this.#parts.updateTask(id, change);
  }

  /** A task ends. */
  endTask(id: string, state: FinalTaskState = 'completed', error?: string): TaskView {
    const task = this.#parts.tasks.end(id, state, error);
    this.#parts.waits.advance();
    return task;
  }

  /** A task has finished these records, and they are free. The last record of a task stays locked until it ends. */
  finishRecords(id: string, records: readonly RecordKey[]): TaskView {
    const task = this.#parts.tasks.finishRecords(id, records);
    this.#parts.waits.advance();
    return task;
  }

  /** These records of a task have failed, so that a tab can retry them alone. `error`: the reason, for people to read. */
  failRecords(id: string, records: readonly RecordKey[], error = 'It could not be changed.'): TaskView {
    return this.#parts.tasks.failRecords(id, records, error);
  }

  /** A task writes a line to its log. */
  writeLog(id: string, text: string): void {
    this.#parts.tasks.writeLog(id, text);
  }

  /** A `fetch` that answers the routes of tasks for a user. `transport.fetch` is that of its user. */
  createFetch(getActor: () => Actor): FetchRoute {
    return createMemoryRoutes({ ...this.#parts, getActor, later: (run) => this.#later(run) });
  }

  /**
   * Tabs may launch this task from now on. It is queued with its records locked, and continues as the test says, by `updateTask`
   * and `endTask`. Any other name is refused with `not_found`.
   */
  defineTask<Input>(name: string, definition: MemoryTask<Input>): void {
    this.#parts.definitions.define(name, definition as MemoryTask);
  }

  /** The server forgets a task, as after a loss of its data. */
  forgetTask(id: string): void {
    const task = this.#parts.ledger.tasks.get(id);
    this.#parts.ledger.tasks.delete(id);
    if (task) this.#parts.endLease(task.leaseId, 'vanished');
  }

  /** Whether the server sees Redis. While it does not, it answers `unavailable`. */
  setCertain(certain: boolean): void {
    if (certain === this.#isCertain) return;
    this.#isCertain = certain;
    this.#parts.tabs.sendAll({ type: 'certainty', payload: { certain } });
  }

  /** Answers every message of that name with an error, until called without one. */
  refuse(name: ClientMessageName, error?: ErrorBody): void {
    if (error) this.#refusals.set(name, error);
    else this.#refusals.delete(name);
  }

  /** @internal A tab has connected. */
  join(tab: MemoryTab): void {
    this.#parts.tabs.add(tab);
    this.#later(() =>
      tab.emit({
        type: 'hello',
        payload: {
          protocol: PROTOCOL_VERSION,
          actor: tab.actor,
          sessionId: tab.sessionId,
          limits: this.limits,
          ...(this.#idle && { idle: this.#idle }),
          certain: this.isCertain,
          now: this.clock.now(),
        },
      }),
    );
  }

  /** @internal A tab's connection is lost. Its leases stay, for `resume`. */
  leave(tab: MemoryTab): void {
    this.#parts.idleness.forget(tab);
    this.#parts.tabs.remove(tab);
  }

  /** @internal */
  answer<N extends ClientMessageName>(
    tab: MemoryTab,
    name: N,
    message: ClientMessage<N>,
    reply: (answer: Ack<N>) => void,
  ): void {
    this.received.push({ name, message });
    // Answered at once and sent later, as over a network: changes in between follow the answer.
    const refusal = this.#refusals.get(name);
    const answer = refusal
      ? { ok: false as const, error: refusal }
      : this.#parts.answerTo(tab, name, message);
    this.#later(() => reply(answer as Ack<N>));
  }

  #later(run: () => void): void {
    if (this.delayMs > 0) this.clock.after(this.delayMs, run);
    else queueMicrotask(run);
  }
}
