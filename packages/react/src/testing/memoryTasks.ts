/** The tasks of the server in memory: they start, change and end as a test says, and hold their records meanwhile. */
import {
  type FinalTaskState,
  isFinal,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryLease, MemoryLedger } from './memoryLedger.ts';
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
  readonly #failed = new Map<string, readonly RecordKey[]>();
  #lastTask = 0;
  #lastLaunch = 0;

  constructor(options: { clock: ClientClock; ledger: MemoryLedger; tabs: MemoryTabs }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#tabs = options.tabs;
  }

  start({ records = [], mode = 'exclusive', ...given }: NewTask): TaskView {
    this.#lastTask += 1;
    const id = given.id ?? `task-${this.#lastTask}`;
    const actor = given.actor ?? { id: 'ann', name: 'Ann Lee' };
    const createdAt = given.createdAt ?? this.#clock.now();
    const former = given.leaseId === undefined ? undefined : this.#ledger.leases.get(given.leaseId);
    const lease = this.#ledger.acquire([...(former?.records ?? []), ...records], {
      holder: { type: 'task', id, label: given.label, actor },
      mode,
      since: createdAt,
      tab: undefined,
      leaseId: former?.view.id,
    });
    this.#records.set(id, records);
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
    if (isFinal(task.state)) this.#ledger.leases.delete(lease.view.id);
    this.#ledger.tasks.set(id, task);
    this.#tabs.sendChanges([...lease.records], [id], { before: 'not launched' });
    return task;
  }

  update(id: string, change: Partial<TaskView>): TaskView {
    const before = this.#ledger.tasks.get(id);
    if (!before) throw new Error(`There is no task ${id}. Start it first.`);
    const task: TaskView = { ...before, version: before.version + 1, ...change, id };
    this.#ledger.tasks.set(id, task);
    const lease = this.#ledger.leases.get(task.leaseId);
    if (isFinal(task.state)) this.#ledger.leases.delete(task.leaseId);
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

  /** A waiting task gets its records. */
  giveRecords(id: string, records: readonly RecordKey[]): void {
    const { leaseId } = this.update(id, { state: 'queued', position: undefined });
    const lease = this.#ledger.leases.get(leaseId);
    if (!lease) return;
    this.#records.set(id, records);
    lease.records = new Set(records);
    lease.view = { ...lease.view, recordCount: records.length, since: this.#clock.now() };
    this.#tabs.sendChanges(records, [id], { heldBy: lease });
  }

  /** These records of the task have failed. */
  failRecords(id: string, records: readonly RecordKey[]): TaskView {
    const failed = [...new Set([...this.failedRecordsOf(id), ...records])];
    this.#failed.set(id, failed);
    return this.update(id, { failedCount: failed.length });
  }

  recordsOf(id: string): readonly RecordKey[] {
    return this.#records.get(id) ?? [];
  }

  failedRecordsOf(id: string): readonly RecordKey[] {
    return this.#failed.get(id) ?? [];
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
