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
import { type AnswerTo, createAnswerTo } from './answers/answerTo.ts';
import type { ChangeAuthor } from './memoryChanges.ts';
import { MemoryIdleness } from './memoryIdleness.ts';
import { MemoryLaunches, type MemoryTask } from './memoryLaunches.ts';
import { MemoryLedger } from './memoryLedger.ts';
import { MemoryPermissions } from './memoryPermissions.ts';
import { MemoryRates } from './memoryRates.ts';
import { MemoryReleaseRequests } from './memoryReleaseRequests.ts';
import { createAssertResources } from './memoryResources.ts';
import type { MemoryServerOptions } from './memoryServerOptions.ts';
import { MemorySessions } from './memorySessions.ts';
import type { MemoryTab } from './memoryTab.ts';
import { MemoryTabs } from './memoryTabs.ts';
import { MemoryTasks, type NewTask } from './memoryTasks.ts';
import { MemoryUserSessions } from './memoryUserSessions.ts';
import { MemoryWaitList } from './memoryWaitList.ts';

export class MemoryServer {
  readonly clock: ClientClock;
  readonly limits: Limits;
  /** The delay of every answer and event, in ms */
  delayMs: number;
  /** Every message received, oldest first */
  readonly received: { name: ClientMessageName; message: unknown }[] = [];
  /** The sessions of users, and their permissions */
  readonly sessions: MemoryUserSessions;
  readonly #ledger: MemoryLedger;
  readonly #tabs: MemoryTabs;
  readonly #tasks: MemoryTasks;
  readonly #launches: MemoryLaunches;
  readonly #waits: MemoryWaitList;
  readonly #releaseRequests: MemoryReleaseRequests;
  readonly #answerTo: AnswerTo;
  readonly #idle: IdleRule | undefined;
  readonly #idleness: MemoryIdleness;
  readonly #refusals = new Map<ClientMessageName, ErrorBody>();
  #isCertain = true;

  constructor(options: MemoryServerOptions = {}) {
    const {
      clock = systemClock,
      limits,
      delayMs = 0,
      authorize,
      resources,
      sameUser = 'separate',
      idle,
      disconnectGraceMs = 5_000,
      releaseRequestMs: limitMs = 60_000,
    } = options;
    this.clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.delayMs = delayMs;
    const later = (run: () => void) => this.#later(run);
    const permissions = new MemoryPermissions(authorize);
    const ledger = new MemoryLedger(permissions);
    this.#ledger = ledger;
    this.#tabs = new MemoryTabs({
      ledger,
      later,
      startGrace: (run) => clock.after(disconnectGraceMs, run),
      end: (leaseId) => this.free(leaseId, 'closed'),
    });
    const tabs = this.#tabs;
    this.#waits = new MemoryWaitList({ clock, ledger, tabs, later });
    this.#releaseRequests = new MemoryReleaseRequests({ clock, ledger, tabs, limitMs, later });
    const end = (leaseId: LeaseId, reason: LeaseEnd) => this.free(leaseId, reason);
    this.sessions = new MemoryUserSessions({ ledger, permissions, tabs, later, end });
    this.#tasks = new MemoryTasks({ clock, ledger, tabs });
    const assertResources = createAssertResources(resources);
    const tasks = this.#tasks;
    this.#launches = new MemoryLaunches({ clock, ledger, tasks, permissions, assertResources });
    this.#idle = idle;
    this.#idleness = new MemoryIdleness({
      rule: idle,
      clock,
      leasesOf: (tab) =>
        [...ledger.leases.values()].filter((lease) => lease.tab === tab).map(({ view }) => view.id),
      end: (leaseId) => this.free(leaseId, 'idle'),
    });
    this.#answerTo = createAnswerTo({
      clock,
      limits: this.limits,
      ledger,
      permissions,
      sessions: new MemorySessions((sessionId, actorId) => this.#endLeases(sessionId, actorId)),
      rates: new MemoryRates(this.limits, clock),
      isCertain: () => this.#isCertain,
      waits: this.#waits,
      releaseRequests: this.#releaseRequests,
      free: (...given) => this.free(...given),
      sameUser,
      assertResources,
      launches: this.#launches,
      idleness: this.#idleness,
      updateTask: (id, change) => this.updateTask(id, change),
      sendChanges: (records) => this.#tabs.sendChanges(records, []),
      sendViewers: (records, by) => this.#tabs.sendViewers(records, by),
      later,
    });
  }

  get isCertain(): boolean {
    return this.#isCertain;
  }

  /** The task as the server has it. */
  task(id: string): TaskView | undefined {
    return this.#ledger.tasks.get(id);
  }

  /** The leases in force on a record. */
  leasesOn(key: RecordKey): LeaseView[] {
    return this.#ledger.leasesOn(key).map((lease) => lease.view);
  }

  /** Somebody outside of the tabs acquires records. Does not check for conflicts. */
  hold(
    records: readonly RecordKey[],
    by: { actor: Actor; label?: string; type?: Holder['type']; id?: string; mode?: LockMode; since?: number },
  ): LeaseId {
    const lease = this.#ledger.acquire(records, {
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
    this.#tabs.sendChanges([...lease.records], []);
    return lease.view.id;
  }

  /** Ends a lease, in force or waiting, as its holder would. For any other reason, a tab that holds it is notified. */
  free(leaseId: LeaseId, reason: LeaseEnd = 'released', takeover?: { by: Actor; why: string }): void {
    const lease = this.#ledger.find(leaseId);
    if (!lease) return;
    this.#ledger.leases.delete(leaseId);
    this.#ledger.waiting.delete(leaseId);
    this.#releaseRequests.noteEnded(leaseId);
    const { tab } = lease;
    if (tab && reason !== 'released')
      this.#later(() => tab.emit({ type: 'leaseLost', payload: { leaseId, reason, ...takeover } }));
    this.#tabs.sendChanges([...lease.records], []);
    this.#advance();
  }

  /** The version of the data, as a route that reads sends it. */
  get version(): number {
    return this.#ledger.changes.version;
  }

  /** Somebody changes the data of records. Returns the version of the change. */
  change(records: readonly RecordKey[], author: ChangeAuthor = {}): number {
    const change = this.#ledger.changes.note(records, author, this.clock.now());
    this.#tabs.sendChange(change);
    return change.version;
  }

  /** A task begins, and holds its records. */
  startTask(task: NewTask): TaskView {
    return this.#tasks.start(task);
  }

  /** Changes a task. Its version rises by itself. A final state ends its lease. */
  updateTask(id: string, change: Partial<TaskView>): TaskView {
    const task = this.#tasks.update(id, change);
    this.#advance();
    return task;
  }

  /** A task ends. */
  endTask(id: string, state: FinalTaskState = 'completed', error?: string): TaskView {
    const task = this.#tasks.end(id, state, error);
    this.#advance();
    return task;
  }

  /** These records of a task have failed, so that a tab can retry them alone. */
  failRecords(id: string, records: readonly RecordKey[]): TaskView {
    return this.#tasks.failRecords(id, records);
  }

  /**
   * Tabs may launch this task from now on. It is queued with its records locked, and continues as the test says, by `updateTask`
   * and `endTask`. Any other name is refused with `not_found`.
   */
  defineTask<Input>(name: string, definition: MemoryTask<Input>): void {
    this.#launches.define(name, definition as MemoryTask);
  }

  /** The server forgets a task, as after a loss of its data. */
  forgetTask(id: string): void {
    const task = this.#ledger.tasks.get(id);
    this.#ledger.tasks.delete(id);
    if (task) this.free(task.leaseId, 'vanished');
  }

  /** Whether the server sees Redis. While it does not, it answers `unavailable`. */
  setCertain(certain: boolean): void {
    if (certain === this.#isCertain) return;
    this.#isCertain = certain;
    this.#tabs.sendAll({ type: 'certainty', payload: { certain } });
  }

  /** Answers every message of that name with an error, until called without one. */
  refuse(name: ClientMessageName, error?: ErrorBody): void {
    if (error) this.#refusals.set(name, error);
    else this.#refusals.delete(name);
  }

  /** @internal A tab has connected. */
  join(tab: MemoryTab): void {
    this.#tabs.add(tab);
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
    this.#idleness.forget(tab);
    this.#tabs.remove(tab);
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
    const answer = refusal ? { ok: false as const, error: refusal } : this.#answerTo(tab, name, message);
    this.#later(() => reply(answer as Ack<N>));
  }

  #endLeases(sessionId: string, actorId: string): void {
    const { leases, waiting } = this.#ledger;
    for (const { view } of [...leases.values(), ...waiting.values()]) {
      const { holder } = view;
      if (holder.id === sessionId && holder.actor.id === actorId) this.free(view.id, 'signed out');
    }
  }

  /** Something has become free: for the tabs that wait first, then for the tasks. */
  #advance(): void {
    this.#waits.advance();
    this.#launches.advance();
  }

  #later(run: () => void): void {
    if (this.delayMs > 0) this.clock.after(this.delayMs, run);
    else queueMicrotask(run);
  }
}
