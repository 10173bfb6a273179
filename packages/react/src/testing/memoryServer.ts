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
  isFinal,
  type LeaseEnd,
  type LeaseId,
  type LeaseView,
  type Limits,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import { type ClientClock, systemClock } from '../core/clock.ts';
import { type AnswerTo, createAnswerTo } from './memoryAnswers.ts';
import { type MemoryLease, MemoryLedger } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';

export interface MemoryServerOptions {
  clock?: ClientClock;
  limits?: Partial<Limits>;
  /** The delay of every answer and event, in ms. Default 0: the next microtask */
  delayMs?: number;
}

export type NewTask = Partial<Omit<TaskView, 'records'>> & {
  label: string;
  /** Held by the task until it ends */
  records?: readonly RecordKey[];
  mode?: LockMode;
};

export class MemoryServer {
  readonly clock: ClientClock;
  readonly limits: Limits;
  /** The delay of every answer and event, in ms */
  delayMs: number;
  /** Every message received, oldest first */
  readonly received: { name: ClientMessageName; message: unknown }[] = [];
  readonly #ledger = new MemoryLedger();
  readonly #answerTo: AnswerTo;
  readonly #tabs = new Set<MemoryTab>();
  readonly #refusals = new Map<ClientMessageName, ErrorBody>();
  #lastTask = 0;
  #lastLaunch = 0;
  #isCertain = true;

  constructor({ clock = systemClock, limits, delayMs = 0 }: MemoryServerOptions = {}) {
    this.clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.delayMs = delayMs;
    this.#answerTo = createAnswerTo({
      clock: this.clock,
      limits: this.limits,
      ledger: this.#ledger,
      free: (leaseId) => this.free(leaseId),
      updateTask: (id, change) => this.updateTask(id, change),
      tell: (records) => this.#tell(records, []),
      later: (run) => this.#later(run),
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
    const lease = this.#ledger.grant(records, {
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
    this.#tell([...lease.records], []);
    return lease.view.id;
  }

  /** Ends a lease, as its holder would. For any other reason, a tab that holds it is notified. */
  free(leaseId: LeaseId, reason: LeaseEnd = 'released'): void {
    const lease = this.#ledger.leases.get(leaseId);
    if (!lease) return;
    this.#ledger.leases.delete(leaseId);
    const { tab } = lease;
    if (tab && reason !== 'released')
      this.#later(() => tab.emit({ type: 'leaseLost', payload: { leaseId, reason } }));
    this.#tell([...lease.records], []);
  }

  /** A task begins, and holds its records. */
  startTask({ records = [], mode = 'exclusive', ...given }: NewTask): TaskView {
    this.#lastTask += 1;
    const id = given.id ?? `task-${this.#lastTask}`;
    const actor = given.actor ?? { id: 'ann', name: 'Ann Lee' };
    const createdAt = given.createdAt ?? this.clock.now();
    const lease = this.#ledger.grant(records, {
      holder: { type: 'task', id, label: given.label, actor },
      mode,
      since: createdAt,
      tab: undefined,
    });
    const task: TaskView = {
      name: 'task',
      state: 'running',
      attempt: 1,
      version: 1,
      recordCount: records.length,
      progress: { done: 0, total: records.length || null },
      hasWorker: true,
      cancelRequested: false,
      startedAt: createdAt,
      ...given,
      id,
      actor,
      createdAt,
      launchOrder: this.#nextLaunch(createdAt),
      leaseId: lease.view.id,
    };
    if (isFinal(task.state)) this.#ledger.leases.delete(lease.view.id);
    this.#ledger.tasks.set(id, task);
    this.#tell([...lease.records], [id]);
    return task;
  }

  /** As the server counts it: no two tasks share one. */
  #nextLaunch(createdAt: number): number {
    this.#lastLaunch = Math.max(createdAt * 1_000, this.#lastLaunch + 1);
    return this.#lastLaunch;
  }

  /** Changes a task. Its version rises by itself. A final state ends its lease. */
  updateTask(id: string, change: Partial<TaskView>): TaskView {
    const before = this.#ledger.tasks.get(id);
    if (!before) throw new Error(`There is no task ${id}. Start it first.`);
    const task: TaskView = { ...before, version: before.version + 1, ...change, id };
    this.#ledger.tasks.set(id, task);
    const lease = this.#ledger.leases.get(task.leaseId);
    if (isFinal(task.state)) this.#ledger.leases.delete(task.leaseId);
    this.#tell(lease ? [...lease.records] : [], [id], lease);
    return task;
  }

  /** A task ends. */
  endTask(id: string, state: FinalTaskState = 'completed', error?: string): TaskView {
    const before = this.#ledger.tasks.get(id);
    return this.updateTask(id, {
      state,
      endedAt: this.clock.now(),
      ...(error !== undefined && { error }),
      ...(state === 'completed' &&
        before && { progress: { ...before.progress, done: before.progress.total ?? 0 } }),
    });
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
    for (const tab of this.#tabs) this.#later(() => tab.emit({ type: 'certainty', payload: { certain } }));
  }

  /** Answers every message of that name with an error, until called without one. */
  refuse(name: ClientMessageName, error?: ErrorBody): void {
    if (error) this.#refusals.set(name, error);
    else this.#refusals.delete(name);
  }

  /** @internal A tab has connected. */
  join(tab: MemoryTab): void {
    this.#tabs.add(tab);
  }

  /** @internal A tab's connection is lost. Its leases stay, for `resume`. */
  leave(tab: MemoryTab): void {
    this.#tabs.delete(tab);
    for (const lease of this.#ledger.leases.values()) if (lease.tab === tab) lease.tab = undefined;
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
    const answer = this.#handle(tab, name, message);
    this.#later(() => reply(answer));
  }

  #handle<N extends ClientMessageName>(tab: MemoryTab, name: N, message: ClientMessage<N>): Ack<N> {
    const refusal = this.#refusals.get(name);
    if (refusal) return { ok: false, error: refusal };
    if (!this.#isCertain) {
      return {
        ok: false,
        error: { code: 'unavailable', message: 'Redis cannot be reached. Try again in a moment.' },
      };
    }
    return this.#answerTo(tab, name, message);
  }

  /** Sends each tab its watched part of these. A task also goes to tabs that watch a record that it holds or just held. */
  #tell(records: readonly RecordKey[], tasks: readonly string[], heldBy?: MemoryLease): void {
    for (const tab of this.#tabs) {
      const seen = records.filter((key) => tab.records.has(key));
      const told = tasks.filter(
        (id) =>
          tab.watchesAllTasks ||
          tab.tasks.has(id) ||
          (heldBy ? seen.some((key) => heldBy.records.has(key)) : false),
      );
      if (seen.length === 0 && told.length === 0) continue;
      const changes = this.#ledger.viewOf(seen, told);
      this.#later(() => tab.emit({ type: 'changes', payload: changes }));
    }
  }

  #later(run: () => void): void {
    if (this.delayMs > 0) this.clock.after(this.delayMs, run);
    else queueMicrotask(run);
  }
}
