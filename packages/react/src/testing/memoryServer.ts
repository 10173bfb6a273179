/**
 * A small but honest Rowlock server in memory: it keeps leases and tasks, answers acquire, resume and release, and tells
 * each tab what it watches. For stories and tests; it speaks the protocol, so that nothing in the client is bypassed.
 */
import {
  type Ack,
  type Actor,
  type ClientAnswers,
  type ClientMessage,
  type ClientMessageName,
  DEFAULT_LIMITS,
  type ErrorBody,
  type Holder,
  isFinal,
  type LeaseEnd,
  type LeaseId,
  type LeaseProof,
  type LeaseView,
  type Limits,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import { type Clock, systemClock } from '../core/clock.ts';
import { randomToken } from '../core/randomToken.ts';
import { type MemoryLease, MemoryLedger, owned } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';

export interface MemoryServerOptions {
  clock?: Clock;
  limits?: Partial<Limits>;
  /** How long every answer and event takes; default 0: the next microtask */
  delayMs?: number;
}

export type NewTask = Partial<Omit<TaskView, 'records'>> & {
  label: string;
  /** Held by the task until it ends */
  records?: readonly RecordKey[];
  mode?: LockMode;
};

type Handlers = {
  [N in ClientMessageName]: (tab: MemoryTab, message: ClientMessage<N>) => ClientAnswers[N];
};

class Refusal extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

export class MemoryServer {
  readonly clock: Clock;
  readonly limits: Limits;
  /** How long every answer and event takes */
  delayMs: number;
  /** Every message received, oldest first */
  readonly received: { name: ClientMessageName; message: unknown }[] = [];
  readonly #ledger = new MemoryLedger();
  readonly #tabs = new Set<MemoryTab>();
  readonly #refusals = new Map<ClientMessageName, ErrorBody>();
  #lastTask = 0;
  #isCertain = true;

  constructor({ clock = systemClock, limits, delayMs = 0 }: MemoryServerOptions = {}) {
    this.clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.delayMs = delayMs;
  }

  get isCertain(): boolean {
    return this.#isCertain;
  }

  /** What the server stores of a task. */
  task(id: string): TaskView | undefined {
    return this.#ledger.tasks.get(id);
  }

  /** The leases in force on a record. */
  leasesOn(key: RecordKey): LeaseView[] {
    return this.#ledger.leasesOn(key).map((lease) => lease.view);
  }

  /** Somebody who is no tab of ours takes records. Does not check for conflicts: the script of the story does. */
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

  /** Ends a lease: as its holder would, or for another reason, of which a tab that holds it is then told. */
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
      attended: true,
      cancelRequested: false,
      startedAt: createdAt,
      ...given,
      id,
      actor,
      createdAt,
      leaseId: lease.view.id,
    };
    if (isFinal(task.state)) this.#ledger.leases.delete(lease.view.id);
    this.#ledger.tasks.set(id, task);
    this.#tell([...lease.records], [id]);
    return task;
  }

  /** Changes a task; its version rises by itself. A final state ends its lease. */
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

  /** A task comes to its end. */
  endTask(id: string, state: 'completed' | 'failed' | 'cancelled' = 'completed', error?: string): TaskView {
    const before = this.#ledger.tasks.get(id);
    return this.updateTask(id, {
      state,
      endedAt: this.clock.now(),
      ...(error !== undefined && { error }),
      ...(state === 'completed' &&
        before && { progress: { ...before.progress, done: before.progress.total ?? 0 } }),
    });
  }

  /** The server forgets a task altogether, as after a loss of its data. */
  forgetTask(id: string): void {
    const task = this.#ledger.tasks.get(id);
    this.#ledger.tasks.delete(id);
    if (task) this.free(task.leaseId, 'vanished');
  }

  /** Whether the server sees Redis; while it does not, it answers `unavailable`. */
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

  /** @internal A tab's connection has gone; its leases stay, for `resume`. */
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
    // Taken at once and told later, as over a network: what changes meanwhile follows the answer.
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
    try {
      return { ok: true, ...this.#handlers[name](tab, message) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.body };
      throw error;
    }
  }

  readonly #handlers: Handlers = {
    watch: (tab, { records = [], tasks = [] }) => {
      if (tab.records.size + records.length > this.limits.watchedRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches too many records. Unwatch some.',
        });
      }
      for (const key of records) tab.records.add(key);
      if (tasks === 'all') tab.watchesAllTasks = true;
      else for (const id of tasks) tab.tasks.add(id);
      const named = tasks === 'all' ? [...this.#ledger.tasks.keys()] : tasks;
      return this.#ledger.viewOf(records, named);
    },
    unwatch: (tab, { records = [], tasks = [] }) => {
      for (const key of records) tab.records.delete(key);
      if (tasks === 'all') tab.watchesAllTasks = false;
      else for (const id of tasks) tab.tasks.delete(id);
      return {};
    },
    acquire: (tab, { records, mode = 'exclusive', label }) => {
      const conflicts = this.#ledger.conflictsOf(records, mode);
      if (conflicts.length > 0) {
        const count = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
        const message = `${count} of the ${records.length} records are held by others. Wait until they are free.`;
        throw new Refusal({ code: 'conflict', message, conflicts });
      }
      const holder: Holder = {
        type: 'person',
        id: tab.sessionId,
        label: label ?? tab.actor.name,
        actor: tab.actor,
      };
      const lease = this.#ledger.grant(records, { holder, mode, since: this.clock.now(), tab });
      this.#tell([...lease.records], []);
      return { lease: owned(lease) };
    },
    resume: (tab, { leaseId, secret, nextSecret = randomToken() }) => {
      const lease = this.#ledger.leases.get(leaseId);
      if (!lease || (lease.secret !== secret && lease.secret !== nextSecret)) throw lostLease();
      const before = lease.tab;
      if (before && before !== tab) {
        this.#later(() =>
          before.emit({ type: 'leaseLost', payload: { leaseId, reason: 'resumed elsewhere' } }),
        );
      }
      lease.secret = nextSecret;
      lease.tab = tab;
      return { lease: owned(lease), records: [...lease.records] };
    },
    release: (_tab, proof: LeaseProof) => {
      const lease = this.#ledger.leases.get(proof.leaseId);
      if (lease?.secret !== proof.secret) throw lostLease();
      this.free(proof.leaseId);
      return {};
    },
    cancel: (_tab, { taskId }) => {
      const task = this.#ledger.tasks.get(taskId);
      if (!task) throw new Refusal({ code: 'not_found', message: `There is no task ${taskId}.` });
      return { task: isFinal(task.state) ? task : this.updateTask(taskId, { cancelRequested: true }) };
    },
  };

  /** Tells each tab what it watches of these; a task also to those who watch a record that it holds or just held. */
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

const lostLease = () =>
  new Refusal({ code: 'lease_lost', message: 'The lease is no longer in force. Acquire the records again.' });
