/** The client: wires the transport, the connection, what is watched and this tab's leases. */
import {
  type Ack,
  type Actor,
  type ErrorBody,
  formatLeaseHeader,
  type Hello,
  LEASE_HEADER,
  type LeaseId,
  type LockMode,
  type RecordKey,
} from '@rowlock/protocol';
import type { AcquireResult, Claim, ClaimOptions } from './claim.ts';
import { ClientLifetime } from './clientLifetime.ts';
import { type RowlockClientOptions, withDefaults } from './clientOptions.ts';
import type { Clock } from './clock.ts';
import { actorOf, type Connection, isConnected } from './connection.ts';
import { ConnectionDriver } from './connectionDriver.ts';
import { OwnLeases } from './ownLeases.ts';
import type { RecordLock } from './recordLock.ts';
import type { TaskList, TaskSnapshot } from './taskSnapshot.ts';
import type { Transport, TransportEvent } from './transport.ts';
import { WatchStore } from './watchStore.ts';

export class RowlockClient {
  readonly clock: Clock;
  readonly #transport: Transport;
  readonly #connection: ConnectionDriver;
  readonly #store: WatchStore;
  readonly #leases: OwnLeases;
  readonly #lifetime: ClientLifetime;
  readonly #warnings = new Set<string>();
  /** How far the server's clock is ahead of this computer's */
  #clockOffsetMs = 0;

  constructor(options: RowlockClientOptions = {}) {
    const { clock, transport, storage, beaconUrl } = withDefaults(options);
    this.clock = clock;
    this.#transport = transport;
    this.#connection = new ConnectionDriver({
      transport,
      onBegin: (hello) => void this.#begin(hello),
      onRefresh: () => {
        this.#store.refresh();
        void this.#leases.resume();
      },
      onAbandon: () => {
        this.#store.abandon();
        this.#leases.abandon();
      },
      collectListeners: (into) => this.#store.collectListeners(into),
    });
    this.#store = new WatchStore({
      transport,
      clock,
      connection: () => this.#connection.current,
      isOurs: (leaseId) => this.#leases.isOurs(leaseId),
      isConfirmed: (leaseId) => this.#leases.isConfirmed(leaseId),
    });
    this.#leases = new OwnLeases({
      transport,
      clock,
      storage,
      whenConnected: () => this.#connection.whenConnected(),
      onChanged: (ids) => this.#store.announceLeases(ids),
    });
    this.#lifetime = new ClientLifetime({
      clock,
      now: () => this.now(),
      transport,
      connection: this.#connection,
      leases: this.#leases,
      beaconUrl,
    });
    transport.on((event) => this.#receive(event));
  }

  /** Connects, for as long as somebody has started it. Returns what takes this start back. */
  start(): () => void {
    return this.#lifetime.start();
  }

  /**
   * Replaces the connection by a new one, so that the server authenticates this tab again: call it after a change of
   * credentials, or after a refusal. Leases stay as long as the user is the same. Does nothing before `start`.
   */
  reconnect(): void {
    this.#lifetime.reconnect();
  }

  get connection(): Connection {
    return this.#connection.current;
  }

  get actor(): Actor | undefined {
    return actorOf(this.#connection.current);
  }

  /** Unix time in ms by the server's clock, to compare with the times that it sends. Before the first connection, by the client's */
  now(): number {
    return this.clock.now() + this.#clockOffsetMs;
  }

  onConnectionChange(listener: () => void): () => void {
    return this.#connection.onChange(listener);
  }

  /** Watches records until the returned function is called; `listener` is called once for a change of many. */
  watchRecords(keys: readonly RecordKey[], listener: () => void): () => void {
    return this.#store.watchRecords(keys, listener);
  }

  watchTask(id: string, listener: () => void): () => void {
    return this.#store.watchTask(id, listener);
  }

  /** Watches all tasks that the actor may see. */
  watchTasks(listener: () => void): () => void {
    return this.#store.watchTasks(listener);
  }

  /** The same object for as long as nothing that it shows has changed. */
  lockOf(key: RecordKey): RecordLock {
    return this.#store.lockOf(key);
  }

  /** The same object for as long as nothing that it shows has changed. */
  taskOf(id: string): TaskSnapshot {
    return this.#store.taskOf(id);
  }

  /** Newest first. The same object for as long as nothing that it shows has changed. */
  taskList(): TaskList {
    return this.#store.taskList();
  }

  /** Why the server does not let (some of) these records or tasks be watched, where it does not. */
  refusal(keys: Iterable<string>): ErrorBody | undefined {
    return this.#store.refusal(keys);
  }

  /** Asks anew how watched records stand. True once the view shows them as the server answered. */
  lookAgain(records: RecordKey[]): Promise<boolean> {
    return this.#store.lookAgain(records);
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

  /** This tab can prove one lease that covers all of these records in that mode. */
  holds(records: readonly RecordKey[], mode: LockMode): boolean {
    return this.#leases.holds(records, mode);
  }

  /** The header that proves a lease to guarded writes; empty where this tab holds none that covers all of `wanted`. */
  leaseHeaders(wanted: LeaseId | readonly RecordKey[]): Record<string, string> {
    const leaseSecret = this.#leases.findLeaseSecret(wanted);
    return leaseSecret ? { [LEASE_HEADER]: formatLeaseHeader(leaseSecret) } : {};
  }

  /** Asks a task to stop. */
  async cancelTask(taskId: string): Promise<Ack<'cancel'>> {
    const answer = await this.#transport.request('cancel', { taskId });
    if (answer.ok) this.#store.applyTask(answer.task);
    return answer;
  }

  /** Before the stored leases are read, what is seen of the records would be taken for somebody else's. */
  async #begin(hello: Hello): Promise<void> {
    await this.#leases.restored;
    const { current } = this.#connection;
    if (!isConnected(current) || current.hello !== hello) return;
    this.#store.begin(hello.limits);
    await this.#leases.begin(hello.actor.id);
  }

  /** A page may show no status of the connection at all: then the console is where its developer looks. */
  #warnOnce(error: ErrorBody | undefined): void {
    if (!error || this.#warnings.has(error.message)) return;
    this.#warnings.add(error.message);
    console.warn(`[rowlock] There is no connection. ${error.message}`);
  }

  #receive(event: TransportEvent): void {
    if (event.type === 'hello') this.#clockOffsetMs = event.payload.now - this.clock.now();
    const atMs = this.now();
    switch (event.type) {
      case 'hello':
        this.#connection.dispatch({ type: 'hello', hello: event.payload, atMs });
        break;
      case 'certainty':
        this.#connection.dispatch({ type: 'certainty', certain: event.payload.certain, atMs });
        break;
      case 'down':
        this.#warnOnce(event.error);
        this.#connection.dispatch({ ...event, atMs });
        break;
      case 'refused':
        this.#warnOnce(event.error);
        this.#connection.dispatch({ type: 'refused', error: event.error });
        break;
      case 'changes':
        this.#store.applyChanges(event.payload);
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
}

/** A client for one tab and one actor. It connects when it is started, for example by `<RowlockProvider client>`. */
export const createRowlockClient = (options?: RowlockClientOptions): RowlockClient =>
  new RowlockClient(options);
