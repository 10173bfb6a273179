/** The client: wires the transport, the connection machine, the live view, the subscriptions and this tab's leases. */
import {
  type Ack,
  type Actor,
  type ErrorBody,
  formatLeaseHeader,
  LEASE_HEADER,
  type LeaseId,
  type RecordKey,
  type ReleaseBeacon,
  type TaskView,
} from '@rowlock/protocol';
import type { AcquireResult, Claim, ClaimOptions } from './claim.ts';
import { type Clock, systemClock } from './clock.ts';
import {
  actorOf,
  type Connection,
  type ConnectionEvent,
  isConnected,
  obstacleOf,
  reduceConnection,
} from './connection.ts';
import { KeyedListeners } from './keyedListeners.ts';
import { createLeaseStorage, type StorageArea, type TabLocks } from './leaseStorage.ts';
import { type Changed, LiveView } from './liveView.ts';
import { OwnLeases } from './ownLeases.ts';
import { watchPage } from './pageLifecycle.ts';
import type { RecordLock } from './recordLock.ts';
import { Snapshots } from './snapshots.ts';
import { type AuthSource, createSocketTransport } from './socketTransport.ts';
import { ALL_TASKS, Subscriptions } from './subscriptions.ts';
import type { TaskList, TaskSnapshot } from './taskSnapshot.ts';
import type { Transport, TransportEvent } from './transport.ts';

export interface RowlockClientOptions {
  /** Origin of the server; default: the page's own */
  url?: string;
  /** Sent in the handshake; a function is asked anew for every connection */
  auth?: AuthSource;
  /** Default: Socket.IO at `url` */
  transport?: Transport;
  /** Where leases outlive a reload; default `sessionStorage`, `null` for none */
  storage?: StorageArea | null;
  /** Tells a reload from a duplicated tab; default `navigator.locks`, `null` for none */
  tabLocks?: TabLocks | null;
  /** Default `<url>/rowlock/leases/release` */
  beaconUrl?: string;
  clock?: Clock;
}

/** A moment lets StrictMode unmount and mount again without a second connection. */
const STOP_AFTER_MS = 100;

export class RowlockClient {
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #beaconUrl: string;
  readonly #view = new LiveView((key) => this.#subscriptions.records.has(key));
  readonly #subscriptions: Subscriptions;
  readonly #leases: OwnLeases;
  readonly #snapshots: Snapshots;

  #connection: Connection = { status: 'connecting' };
  #starts = 0;
  #isRunning = false;
  #stopListening = () => {};

  readonly #connectionListeners = new Set<() => void>();
  readonly #recordListeners = new KeyedListeners<RecordKey>();
  readonly #taskListeners = new KeyedListeners<string>();

  constructor(options: RowlockClientOptions = {}) {
    const { url = '', auth = {}, clock = systemClock } = options;
    this.#clock = clock;
    this.#beaconUrl = options.beaconUrl ?? `${url}/rowlock/leases/release`;
    this.#transport = options.transport ?? createSocketTransport({ url, auth, clock });
    const area = options.storage === undefined ? pageStorage() : (options.storage ?? undefined);
    const tabLocks = options.tabLocks === undefined ? pageLocks() : (options.tabLocks ?? undefined);
    const storage = createLeaseStorage(`rowlock.leases:${url}`, area, tabLocks);
    this.#subscriptions = new Subscriptions({
      transport: this.#transport,
      clock,
      onSnapshot: (asked, view) => {
        const changed = this.#view.applySnapshot(asked, view);
        // What was stale until now is fresh, also where its content is the same.
        for (const key of asked.records) changed.records.add(key);
        for (const id of asked.tasks) changed.tasks.add(id);
        if (asked.allTasks) changed.tasks.add(ALL_TASKS);
        this.#announce(changed);
      },
      onIdle: (records, tasks) => {
        this.#view.forgetRecords(records);
        this.#snapshots.forget(records, tasks);
        this.#prune();
      },
      onRefused: (records, tasks) => this.#announce({ records: new Set(records), tasks: new Set(tasks) }),
      warn: (message) => console.warn(`[rowlock] ${message}`),
    });
    this.#leases = new OwnLeases({
      transport: this.#transport,
      clock,
      storage,
      whenConnected: () => this.#whenConnected(),
      onChanged: (ids) =>
        this.#announce({
          records: new Set(ids.flatMap((id) => [...this.#view.recordsUnder(id)])),
          tasks: new Set(),
        }),
    });
    this.#snapshots = new Snapshots({
      view: this.#view,
      subscriptions: this.#subscriptions,
      connection: () => this.#connection,
      isOurs: (leaseId) => this.#leases.isOurs(leaseId),
    });
    this.#transport.on((event) => this.#receive(event));
  }

  /** Connects, for as long as somebody has started it. Returns what takes this start back. */
  start(): () => void {
    this.#starts += 1;
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#stopListening = watchPage({
        onHide: () => this.#sendBeacon(),
        onRestore: () => this.#onRestore(),
      });
      this.#leases.start();
      this.#transport.connect();
    }
    let taken = false;
    return () => {
      if (taken) return;
      taken = true;
      this.#starts -= 1;
      this.#clock.after(STOP_AFTER_MS, () => {
        if (this.#starts === 0 && this.#isRunning) void this.#stop();
      });
    };
  }

  /** Tries again after the server has refused this tab, for example with new credentials. */
  reconnect(): void {
    this.#dispatch({ type: 'retry' });
  }

  get connection(): Connection {
    return this.#connection;
  }

  get actor(): Actor | undefined {
    return actorOf(this.#connection);
  }

  /** Unix time in ms, by the client's clock */
  now(): number {
    return this.#clock.now();
  }

  onConnectionChange(listener: () => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  /** Watches records until the returned function is called; `listener` is called once for a change of many. */
  watchRecords(keys: readonly RecordKey[], listener: () => void): () => void {
    return this.#watchKeys(keys, [], this.#recordListeners, keys, listener);
  }

  watchTask(id: string, listener: () => void): () => void {
    return this.#watchKeys([], [id], this.#taskListeners, [id], listener);
  }

  /** Watches all tasks that the actor may see. */
  watchTasks(listener: () => void): () => void {
    return this.#watchKeys([], [ALL_TASKS], this.#taskListeners, [ALL_TASKS], listener);
  }

  /** The same object for as long as nothing that it shows has changed. */
  lockOf(key: RecordKey): RecordLock {
    return this.#snapshots.lockOf(key);
  }

  /** The same object for as long as nothing that it shows has changed. */
  taskOf(id: string): TaskSnapshot {
    return this.#snapshots.taskOf(id);
  }

  /** Newest first. The same object for as long as nothing that it shows has changed. */
  taskList(): TaskList {
    return this.#snapshots.taskList();
  }

  /** Why the server does not let (some of) these records or tasks be watched, where it does not. */
  refusal(keys: Iterable<string>): ErrorBody | undefined {
    return this.#subscriptions.refusal(keys);
  }

  /** Asks anew how watched records stand. True once the view shows them as the server answered. */
  lookAgain(records: RecordKey[]): Promise<boolean> {
    return this.#subscriptions.lookAgain(records);
  }

  /** A share in this tab's lease on exactly these records: the one that is there, or a new one. */
  claim(records: readonly RecordKey[], options?: ClaimOptions): Claim {
    return this.#leases.claim(records, options);
  }

  /** Takes a lease, all of the records or none, and holds it until `release`. */
  async acquire(
    records: readonly RecordKey[],
    options?: ClaimOptions,
  ): Promise<AcquireResult & { release(): Promise<void> }> {
    const claim = this.claim(records, options);
    const result = await claim.settled;
    return { ...result, release: () => claim.release('now') };
  }

  /** The header that proves a lease to guarded writes; empty where this tab holds none that covers all of `wanted`. */
  leaseHeaders(wanted: LeaseId | readonly RecordKey[]): Record<string, string> {
    const proof = this.#leases.proofOf(wanted);
    return proof ? { [LEASE_HEADER]: formatLeaseHeader(proof) } : {};
  }

  /** Asks a task to stop. */
  async cancelTask(taskId: string): Promise<Ack<'cancel'>> {
    const answer = await this.#transport.request('cancel', { taskId });
    if (answer.ok) this.#applyTask(answer.task);
    return answer;
  }

  #applyTask(task: TaskView): void {
    const changed: Changed = { records: new Set(), tasks: new Set() };
    this.#view.applyTask(task, changed);
    this.#announce(changed);
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
    const before = keys;
    listeners.add(before, call);
    this.#subscriptions.retain(records, tasks);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      listeners.remove(before, call);
      this.#subscriptions.release(records, tasks);
    };
  }

  #receive(event: TransportEvent): void {
    const atMs = this.#clock.now();
    switch (event.type) {
      case 'hello':
        this.#dispatch({ type: 'hello', hello: event.payload, atMs });
        break;
      case 'certainty':
        this.#dispatch({ type: 'certainty', certain: event.payload.certain, atMs });
        break;
      case 'down':
        this.#dispatch({ type: 'down', atMs });
        break;
      case 'refused':
        this.#dispatch({ type: 'refused', error: event.error });
        break;
      case 'changes':
        this.#announce(this.#view.applyChanges(event.payload));
        this.#prune();
        break;
      case 'leaseLost':
        this.#leases.lost(event.payload);
        break;
      default: {
        const impossible: never = event;
        throw new TypeError(`unknown transport event: ${JSON.stringify(impossible)}`);
      }
    }
  }

  #dispatch(event: ConnectionEvent): void {
    const before = this.#connection;
    const { next, effects } = reduceConnection(before, event);
    this.#connection = next;
    for (const effect of effects) {
      switch (effect) {
        case 'begin':
          if (!isConnected(next)) break;
          this.#subscriptions.begin(next.hello.limits);
          void this.#leases.begin();
          break;
        case 'refresh':
          this.#subscriptions.refresh();
          void this.#leases.resume();
          break;
        case 'abandon':
          this.#subscriptions.abandon();
          this.#leases.abandon();
          break;
        case 'connect':
          this.#transport.connect();
          break;
        case 'close':
          this.#transport.close();
          break;
        default: {
          const impossible: never = effect;
          throw new TypeError(`unknown effect: ${JSON.stringify(impossible)}`);
        }
      }
    }
    if (next === before) return;
    // The connection is part of what everything shows: without it nothing is certain.
    const listeners = new Set(this.#connectionListeners);
    this.#recordListeners.collectAll(listeners);
    this.#taskListeners.collectAll(listeners);
    for (const listener of listeners) listener();
  }

  #announce(changed: Changed): void {
    const listeners = new Set<() => void>();
    this.#recordListeners.collect(changed.records, listeners);
    this.#taskListeners.collect(changed.tasks, listeners);
    if (changed.tasks.size > 0) this.#taskListeners.collect([ALL_TASKS], listeners);
    for (const listener of listeners) listener();
  }

  #prune(): void {
    this.#view.prune((id) => this.#subscriptions.tasks.has(id), this.#subscriptions.tasks.has(ALL_TASKS));
  }

  /** Resolves once messages can be sent; with an error where that is not to be waited for. */
  #whenConnected(): Promise<ErrorBody | undefined> {
    const now = obstacleOf(this.#connection);
    if (now !== 'wait') return Promise.resolve(now);
    return new Promise((resolve) => {
      const stop = this.onConnectionChange(() => {
        const obstacle = obstacleOf(this.#connection);
        if (obstacle === 'wait') return;
        stop();
        resolve(obstacle);
      });
    });
  }

  #sendBeacon(): void {
    const leases = this.#leases.proofs();
    if (leases.length === 0 || typeof navigator.sendBeacon !== 'function') return;
    const body: ReleaseBeacon = { leases };
    navigator.sendBeacon(this.#beaconUrl, JSON.stringify(body));
  }

  /** The beacon has announced the end of the leases: they are asked for again, whatever the socket believes. */
  #onRestore(): void {
    this.#leases.abandon();
    if (isConnected(this.#connection)) void this.#leases.begin();
  }

  async #stop(): Promise<void> {
    this.#isRunning = false;
    this.#stopListening();
    await this.#leases.stop();
    if (this.#isRunning) return;
    this.#transport.close();
    this.#dispatch({ type: 'down', atMs: this.#clock.now() });
  }
}

/** A client for one tab and one actor. It connects when it is started, for example by `<RowlockProvider client>`. */
export const createRowlockClient = (options?: RowlockClientOptions): RowlockClient =>
  new RowlockClient(options);

function pageStorage(): StorageArea | undefined {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : sessionStorage;
  } catch {
    // Forbidden by the browser's settings: leases then do not outlive a reload.
    return undefined;
  }
}

const pageLocks = (): TabLocks | undefined =>
  typeof navigator === 'undefined' ? undefined : navigator.locks;
