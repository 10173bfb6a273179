/**
 * What listeners read: how a record or a task stands, put together from the live view, the subscriptions and the
 * connection. Each is the same object for as long as nothing that it shows has changed.
 */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import type { Connection } from './connection.ts';
import type { LiveView } from './liveView.ts';
import { isSameLock, type RecordLock, UNKNOWN_LOCK } from './recordLock.ts';
import type { Subscriptions } from './subscriptions.ts';
import { NO_TASK, NO_TASKS, type TaskList, type TaskSnapshot } from './taskSnapshot.ts';
import { ALL_TASKS } from './watchMessages.ts';

export interface SnapshotsOptions {
  view: LiveView;
  subscriptions: Subscriptions;
  connection: () => Connection;
  /** A lease of this tab */
  isOurs: (leaseId: LeaseId) => boolean;
  /** A lease of this tab that cannot have expired yet */
  isConfirmed: (leaseId: LeaseId) => boolean;
}

export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #locks = new Map<RecordKey, RecordLock>();
  readonly #tasks = new Map<string, TaskSnapshot>();
  #taskList: TaskList = NO_TASKS;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  lockOf(key: RecordKey): RecordLock {
    const before = this.#locks.get(key);
    if (!this.#options.subscriptions.records.has(key)) return before ?? UNKNOWN_LOCK;
    const lock = this.#readLock(key);
    if (before && isSameLock(before, lock)) return before;
    this.#locks.set(key, lock);
    return lock;
  }

  taskOf(id: string): TaskSnapshot {
    const before = this.#tasks.get(id) ?? NO_TASK;
    const task = this.#options.view.task(id) ?? before.task;
    const { subscriptions, view } = this.#options;
    const isStale =
      this.#options.connection().status !== 'live' ||
      !(
        subscriptions.tasks.isAnswered(id) ||
        (subscriptions.tasks.isAnswered(ALL_TASKS) && !view.isDoubted(id))
      );
    const isMissing = view.isMissing(id);
    if (before.task === task && before.isStale === isStale && before.isMissing === isMissing) return before;
    const snapshot: TaskSnapshot = { ...(task && { task }), isStale, isMissing };
    this.#tasks.set(id, snapshot);
    return snapshot;
  }

  /** Newest first. */
  taskList(): TaskList {
    const { subscriptions, view } = this.#options;
    const isStale =
      this.#options.connection().status !== 'live' ||
      !subscriptions.tasks.isAnswered(ALL_TASKS) ||
      view.doubtedTasks().length > 0;
    const tasks = [...view.tasks()]
      .filter((task) => !view.isMissing(task.id))
      .sort((a, b) => b.launchOrder - a.launchOrder);
    const before = this.#taskList;
    const sameTasks =
      before.tasks.length === tasks.length && tasks.every((task, index) => task === before.tasks[index]);
    if (sameTasks && before.isStale === isStale) return before;
    this.#taskList = { tasks: sameTasks ? before.tasks : tasks, isStale };
    return this.#taskList;
  }

  forget(records: readonly RecordKey[], tasks: readonly string[]): void {
    for (const key of records) this.#locks.delete(key);
    for (const id of tasks) this.#tasks.delete(id);
  }

  #readLock(key: RecordKey): RecordLock {
    const { records } = this.#options.subscriptions;
    // Asked again after a loss: what was known last still stands, marked as stale.
    const isStale = this.#options.connection().status !== 'live' || !records.isAnswered(key);
    if (records.isRefused(key) || !records.wasAnswered(key)) return UNKNOWN_LOCK;
    if (!this.#options.view.isComplete(key)) return { kind: 'unknown', leases: [], isStale };
    const leases = this.#options.view.leasesOn(key);
    const others = leases.filter((lease) => !this.#isOurs(lease.id, lease.holder.id));
    const lease = others.find((other) => other.mode === 'exclusive') ?? others[0] ?? leases[0];
    if (!lease) return { kind: 'free', leases, isStale };
    if (others.length === 0) {
      const isCertain = leases.every(({ id }) => this.#options.isConfirmed(id));
      return isCertain
        ? { kind: 'held', lease, leases, isStale }
        : { kind: 'unknown', leases: [], isStale: true };
    }
    if (lease.holder.type === 'person') return { kind: 'person', lease, leases, isStale };
    const task = this.#options.view.task(lease.holder.id);
    return { kind: 'task', lease, leases, ...(task && { task }), isStale };
  }

  #isOurs(leaseId: LeaseId, holderId: string): boolean {
    const connection = this.#options.connection();
    const session = 'hello' in connection ? connection.hello?.sessionId : undefined;
    return this.#options.isOurs(leaseId) || (session !== undefined && holderId === session);
  }
}
