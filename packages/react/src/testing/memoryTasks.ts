/** The tasks of the server in memory: they start, change and end as a test says, and hold their records meanwhile. */
import {
  type FailedRecord,
  type FinalTaskState,
  isFinal,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import { covers, type MemoryLease, type NewMemoryLease } from './memoryLease.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTabs } from './memoryTabs.ts';

export type NewTask = Partial<Omit<TaskView, 'records'>> & {
  label: string;
  /** Held by the task until it ends. With a `leaseId` it also gets the records of that lease, which becomes its own */
  records?: readonly RecordKey[];
  mode?: LockMode;
};

export class MemoryTasks {
  readonly #clock: ClientClock;
  readonly #ledger: MemoryLedger;
  readonly #tabs: MemoryTabs;
  readonly #records = new Map<string, readonly RecordKey[]>();
  /** With the records of a lease that was transferred to the task */
  readonly #allRecords = new Map<string, ReadonlySet<RecordKey>>();
  readonly #failures = new Map<string, ReadonlyMap<RecordKey, string>>();
  readonly #log = new Map<string, readonly { at: number; text: string }[]>();
  #lastTask = 0;
  #lastLaunch = 0;

  constructor(options: { clock: ClientClock; ledger: MemoryLedger; tabs: MemoryTabs }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#tabs = options.tabs;
  }

  start(task: NewTask): TaskView {
    return this.#create(task, (records, lease) => this.#ledger.acquire(records, lease));
  }

  /** A task that waits for its records. */
  wait(task: NewTask): TaskView {
    return this.#create({ ...task, state: 'waiting' }, (records, lease) => this.#ledger.wait(records, lease));
  }

  update(id: string, change: Partial<TaskView>): TaskView {
    const before = this.#ledger.tasks.get(id);
    if (!before) throw new Error(`There is no task ${id}. Start it first.`);
    const task: TaskView = { ...before, version: before.version + 1, ...change, id };
    this.#ledger.tasks.set(id, task);
    const waiting = this.#ledger.waiting.get(task.leaseId);
    if (waiting && task.state !== 'waiting' && !isFinal(task.state))
      this.#ledger.bringIntoForce(waiting, this.#clock.now());
    const lease = this.#ledger.leases.get(task.leaseId);
    if (isFinal(task.state)) this.#ledger.delete(task.leaseId);
    if (lease && isFinal(task.state)) this.#noteChange(task, lease);
    this.#tabs.sendChanges(lease ? [...lease.records] : [], [id], { heldBy: lease, before: before.state });
    return task;
  }

  end(id: string, state: FinalTaskState, error?: string): TaskView {
    const before = this.#ledger.tasks.get(id);
    return this.update(id, {
      state,
      endedAt: this.#clock.now(),
      ...(error !== undefined && { error }),
      ...(state === 'completed' &&
        before && { progress: { ...before.progress, done: before.progress.total ?? 0 } }),
    });
  }

  /** The task has finished these records, and releases them. Its last one stays until it ends. */
  finishRecords(id: string, records: readonly RecordKey[]): TaskView {
    const task = this.#ledger.tasks.get(id);
    const lease = task && this.#ledger.leases.get(task.leaseId);
    if (!lease) throw new Error(`The task ${id} holds no records. Start it first.`);
    const before = [...lease.records];
    const rest = before.filter((record) => !records.includes(record));
    const kept = rest.length > 0 ? rest : before.slice(-1);
    const finished = before.filter((record) => !kept.includes(record));
    this.#ledger.setRecords(lease, kept);
    const author = { actor: task.actor, by: id, how: 'task' } as const;
    this.#tabs.sendChange(this.#ledger.changes.note([...records], author, this.#clock.now()));
    this.#tabs.sendChanges(finished, [], { heldBy: lease });
    return this.update(id, { finishedCount: (task.finishedCount ?? 0) + finished.length });
  }

  /** These records of the task have failed. */
  failRecords(id: string, records: readonly RecordKey[], error: string): TaskView {
    const added = records.map((record) => [record, error] as const);
    const failures = new Map([...(this.#failures.get(id) ?? []), ...added]);
    this.#failures.set(id, failures);
    return this.update(id, { failedCount: failures.size });
  }

  /** In the order of their keys. */
  failuresOf(id: string): FailedRecord[] {
    const failures = [...(this.#failures.get(id) ?? [])].map(([record, error]) => ({ record, error }));
    return failures.sort((one, other) => (one.record < other.record ? -1 : 1));
  }

  writeLog(id: string, text: string): void {
    this.#log.set(id, [...this.logOf(id), { at: this.#clock.now(), text }]);
  }

  logOf(id: string): readonly { at: number; text: string }[] {
    return this.#log.get(id) ?? [];
  }

  recordsOf(id: string): readonly RecordKey[] {
    return this.#records.get(id) ?? [];
  }

  /** Whether the task holds a record, waits for it, or has held it. */
  concernsRecord({ id, leaseId }: TaskView, key: RecordKey): boolean {
    const lease = this.#ledger.find(leaseId);
    return (lease && covers(lease.records, key)) || this.#allRecords.get(id)?.has(key) === true;
  }

  failedRecordsOf(id: string): readonly RecordKey[] {
    return [...(this.#failures.get(id)?.keys() ?? [])];
  }

  #create(
    { records = [], mode = 'exclusive', ...given }: NewTask,
    addLease: (records: readonly RecordKey[], given: NewMemoryLease) => MemoryLease,
  ): TaskView {
    this.#lastTask += 1;
    const id = given.id ?? `task-${this.#lastTask}`;
    const actor = given.actor ?? { id: 'ann', name: 'Ann Lee' };
    const createdAt = given.createdAt ?? this.#clock.now();
    const former = given.leaseId === undefined ? undefined : this.#ledger.leases.get(given.leaseId);
    const lease = addLease([...(former?.records ?? []), ...records], {
      holder: { type: 'task', id, label: given.label, actor },
      mode,
      since: createdAt,
      tab: undefined,
      leaseId: former?.view.id,
    });
    this.#records.set(id, records);
    this.#allRecords.set(id, lease.records);
    const task: TaskView = {
      name: 'task',
      state: 'running',
      attempt: 1,
      version: 1,
      recordCount: lease.records.size,
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
    if (isFinal(task.state)) this.#ledger.delete(lease.view.id);
    this.#ledger.tasks.set(id, task);
    const locked = this.#ledger.leases.has(lease.view.id) ? [...lease.records] : [];
    this.#tabs.sendChanges(locked, [id], { before: 'not launched' });
    return task;
  }

  /** A task that has run and reports no rows has changed all of its records. */
  #noteChange({ id, actor, attempt }: TaskView, { records, view }: MemoryLease): void {
    if (attempt === 0 || view.mode === 'shared') return;
    const author = { actor, by: id, how: 'task' } as const;
    this.#tabs.sendChange(this.#ledger.changes.note([...records], author, this.#clock.now()));
  }

  /** As the server counts it: no two tasks share one. */
  #nextLaunch(createdAt: number): number {
    this.#lastLaunch = Math.max(createdAt * 1_000, this.#lastLaunch + 1);
    return this.#lastLaunch;
  }
}
