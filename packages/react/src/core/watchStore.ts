/** What this tab watches: keeps the view fresh through the subscriptions, and tells those who listen what has changed. */
import type { ErrorBody, LeaseId, Limits, RecordKey, TaskView, View } from '@rowlock/protocol';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import { KeyedListeners } from './keyedListeners.ts';
import { type Changed, LiveView } from './liveView.ts';
import type { RecordLock } from './recordLock.ts';
import { Snapshots } from './snapshots.ts';
import { Subscriptions } from './subscriptions.ts';
import { TaskConfirmation } from './taskConfirmation.ts';
import type { TaskList, TaskSnapshot } from './taskSnapshot.ts';
import type { Transport } from './transport.ts';
import { ALL_TASKS } from './watchMessages.ts';

export interface WatchStoreOptions {
  transport: Transport;
  clock: Clock;
  connection: () => Connection;
  /** A lease of this tab */
  isOurs: (leaseId: LeaseId) => boolean;
  /** A lease of this tab that cannot have expired yet */
  isConfirmed: (leaseId: LeaseId) => boolean;
}

export class WatchStore {
  readonly #view = new LiveView((key) => this.#subscriptions.records.has(key));
  readonly #subscriptions: Subscriptions;
  readonly #confirmation: TaskConfirmation;
  readonly #snapshots: Snapshots;
  readonly #recordListeners = new KeyedListeners<RecordKey>();
  readonly #taskListeners = new KeyedListeners<string>();

  constructor({ transport, clock, connection, isOurs, isConfirmed }: WatchStoreOptions) {
    this.#subscriptions = new Subscriptions({
      transport,
      clock,
      onSnapshot: (asked, view) => {
        const changed = this.#view.applySnapshot(asked, view);
        // What was stale until now is fresh, also where its content is the same.
        for (const key of asked.records) changed.records.add(key);
        for (const id of asked.tasks) changed.tasks.add(id);
        this.#announce(changed);
        this.#confirmation.noteAnswered(asked.tasks);
      },
      onAllTasksListed: () => {
        this.#announce({ records: new Set(), tasks: new Set([ALL_TASKS]) });
        this.#confirmation.begin();
      },
      onIdle: (records, tasks) => {
        this.#view.forgetRecords(records);
        this.#snapshots.forget(records, tasks);
        this.#prune();
      },
      onRefused: (records, tasks) => this.#announce({ records: new Set(records), tasks: new Set(tasks) }),
      warn: (message) => console.warn(`[rowlock] ${message}`),
    });
    this.#confirmation = new TaskConfirmation({
      clock,
      view: this.#view,
      subscriptions: this.#subscriptions,
    });
    this.#snapshots = new Snapshots({
      view: this.#view,
      subscriptions: this.#subscriptions,
      connection,
      isOurs,
      isConfirmed,
    });
  }

  watchRecords(keys: readonly RecordKey[], listener: () => void): () => void {
    return this.#watchKeys(keys, [], this.#recordListeners, keys, listener);
  }

  watchTask(id: string, listener: () => void): () => void {
    return this.#watchKeys([], [id], this.#taskListeners, [id], listener);
  }

  watchTasks(listener: () => void): () => void {
    return this.#watchKeys([], [ALL_TASKS], this.#taskListeners, [ALL_TASKS], listener);
  }

  lockOf(key: RecordKey): RecordLock {
    return this.#snapshots.lockOf(key);
  }

  taskOf(id: string): TaskSnapshot {
    return this.#snapshots.taskOf(id);
  }

  taskList(): TaskList {
    return this.#snapshots.taskList();
  }

  refusal(keys: Iterable<string>): ErrorBody | undefined {
    return this.#subscriptions.refusal(keys);
  }

  lookAgain(records: RecordKey[]): Promise<boolean> {
    return this.#subscriptions.lookAgain(records);
  }

  /** A new connection: everything is asked for again. */
  begin(limits: Limits): void {
    this.#doubtTasks();
    this.#subscriptions.begin(limits);
  }

  refresh(): void {
    this.#doubtTasks();
    this.#subscriptions.refresh();
  }

  abandon(): void {
    this.#doubtTasks();
    this.#subscriptions.abandon();
  }

  applyChanges(view: View): void {
    this.#announce(this.#view.applyChanges(view));
    this.#prune();
  }

  applyTask(task: TaskView): void {
    const changed: Changed = { records: new Set(), tasks: new Set() };
    this.#view.applyTask(task, changed);
    this.#announce(changed);
  }

  /** Whose these leases are has changed. */
  announceLeases(ids: LeaseId[]): void {
    this.#announce({
      records: new Set(ids.flatMap((id) => [...this.#view.recordsUnder(id)])),
      tasks: new Set(),
    });
  }

  /** Adds all who listen to anything to `into`. */
  collectListeners(into: Set<() => void>): void {
    this.#recordListeners.collectAll(into);
    this.#taskListeners.collectAll(into);
  }

  #watchKeys<K extends string>(
    records: readonly RecordKey[],
    tasks: readonly string[],
    listeners: KeyedListeners<K>,
    keys: readonly K[],
    listener: () => void,
  ): () => void {
    // Its own function, so that one who watches twice with the same function is two.
    const call = () => listener();
    listeners.add(keys, call);
    this.#subscriptions.retain(records, tasks);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      listeners.remove(keys, call);
      this.#subscriptions.release(records, tasks);
    };
  }

  #announce(changed: Changed): void {
    const listeners = new Set<() => void>();
    this.#recordListeners.collect(changed.records, listeners);
    this.#taskListeners.collect(changed.tasks, listeners);
    if (changed.tasks.size > 0) this.#taskListeners.collect([ALL_TASKS], listeners);
    for (const listener of listeners) listener();
  }

  #doubtTasks(): void {
    this.#confirmation.stop();
    this.#view.doubtTasks();
  }

  #prune(): void {
    this.#view.prune((id) => this.#subscriptions.tasks.has(id), this.#subscriptions.tasks.has(ALL_TASKS));
  }
}
