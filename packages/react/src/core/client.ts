/** The client: wires the transport, the connection, the watched records and tasks, and this tab's leases. */
import type { Hello, TaskTypeMap } from '@rowlock/protocol';
import { ClientLifetime } from './clientLifetime.ts';
import { type RowlockClientOptions, withDefaults } from './clientOptions.ts';
import type { ClientClock } from './clock.ts';
import { isConnected } from './connection.ts';
import { type ClientConnection, ConnectionDriver } from './connectionDriver.ts';
import type { ForecastSource } from './forecast/forecastSource.ts';
import { Idleness } from './idleness.ts';
import { type SignOutParts, signOut } from './signOut.ts';
import { TabLeaseLife } from './tabLeases.ts';
import type { TabLeases } from './tabLeasesApi.ts';
import { createTaskRoutes } from './taskRoutes.ts';
import { noteRequests, type TransportEvent } from './transport.ts';
import type { WatchedPresence } from './watchedPresence.ts';
import type { WatchedRecords } from './watchedRecords.ts';
import type { WatchedResources } from './watchedResources.ts';
import type { WatchedTasks } from './watchedTasks.ts';
import { WatchStore } from './watchStore.ts';

export class RowlockClient<Types extends TaskTypeMap = TaskTypeMap> {
  readonly clock: ClientClock;
  readonly #connection: ConnectionDriver;
  readonly #store: WatchStore;
  readonly #leases: TabLeaseLife;
  readonly #lifetime: ClientLifetime;
  readonly #idleness: Idleness;
  readonly #signOutParts: SignOutParts;

  constructor(options: RowlockClientOptions = {}) {
    const { clock, transport: given, storage, routesUrl, fetchRoute } = withDefaults(options);
    this.clock = clock;
    const transport = noteRequests(given, {
      onSent: () => this.#connection.noteSent(),
      onAnswered: () => this.#connection.noteHeard(),
    });
    this.#connection = new ConnectionDriver({
      transport: given,
      clock,
      onBegin: (hello) => void this.#begin(hello),
      onRefresh: () => {
        this.#store.refresh();
        void this.#leases.resume();
      },
      onAbandon: () => {
        this.#store.abandon();
        this.#leases.abandon();
        this.#idleness.abandon();
      },
      isHolding: () => this.#leases.isHolding(),
      onAsked: (answer, askedAt) => this.#leases.noteAsked(answer, askedAt),
      collectListeners: (into) => this.#store.collectListeners(into),
    });
    this.#store = new WatchStore({
      transport,
      clock,
      getConnection: () => this.#connection.current,
      serverNow: () => this.#connection.serverNow(),
      connection: this.#connection,
      taskRoutes: createTaskRoutes(routesUrl, fetchRoute),
      leases: {
        whenProven: (wanted, limitMs) => this.#leases.whenProven(wanted, limitMs),
        noteTransferred: (leaseId) => this.#leases.noteLost({ leaseId, reason: 'transferred' }),
      },
      isOwnChange: ({ by }) => this.#leases.isSession(by),
      isOurs: (leaseId) => this.#leases.isOurs(leaseId),
      isConfirmed: (leaseId) => this.#leases.isConfirmed(leaseId),
    });
    this.#idleness = new Idleness({
      transport,
      clock,
      hasLeases: () => this.#leases.listLeaseSecrets().length > 0,
      isHolding: () => this.#leases.isHolding(),
    });
    this.#leases = new TabLeaseLife({
      transport,
      clock,
      storage,
      whenConnected: () => this.#connection.whenConnected(),
      serverNow: () => this.#connection.serverNow(),
      onHeld: () => this.#connection.noteHeld(),
      onChanged: (ids) => {
        this.#idleness.update();
        this.#store.announceLeases(ids);
      },
      idleness: this.#idleness,
    });
    const parts = { clock, connection: this.#connection, leases: this.#leases, routesUrl };
    this.#lifetime = new ClientLifetime(parts);
    this.#signOutParts = { transport, ...parts };
    transport.identify(() => this.#leases.getSession());
    transport.on((event) => this.#receive(event));
  }

  get connection(): ClientConnection {
    return this.#connection;
  }

  get records(): WatchedRecords {
    return this.#store.records;
  }

  get tasks(): WatchedTasks<Types> {
    // The server checks names and inputs, whatever the types say.
    return this.#store.tasks as unknown as WatchedTasks<Types>;
  }

  get resources(): WatchedResources {
    return this.#store.resources;
  }

  get presence(): WatchedPresence {
    return this.#store.presence;
  }

  get forecasts(): ForecastSource {
    return this.#store.forecasts;
  }

  get leases(): TabLeases {
    return this.#leases;
  }

  /**
   * Somebody is active in this tab. The client notices keys, pointers and scrolling by itself: call it for anything else, such as a
   * video that plays. Does nothing if the server ends no lease because nobody is active.
   */
  reportActivity(): void {
    this.#idleness.noteActivity();
  }

  /**
   * Ends the session of this tab, because its user signs out: its leases end at once, here and on the server, and it disconnects.
   * Resolves when the server has confirmed that, or could not be reached; the leases then end within 15 s. Call
   * `client.connection.reconnect()` when somebody has signed in again.
   */
  signOut(): Promise<void> {
    return signOut(this.#signOutParts);
  }

  /** Connects, until each start was undone by the function that it returned. */
  start(): () => void {
    return this.#lifetime.start();
  }

  /** The stored leases are read first: without them, the tab's own leases would be shown as somebody else's. */
  async #begin(hello: Hello): Promise<void> {
    await this.#leases.restored;
    const { current } = this.#connection;
    if (!isConnected(current) || current.hello !== hello) return;
    this.#store.begin(hello.limits);
    this.#idleness.begin(hello.idle);
    await this.#leases.begin(hello.actor.id);
  }

  #receive(event: TransportEvent): void {
    if (comesFromServer(event)) this.#connection.noteHeard();
    switch (event.type) {
      case 'heard':
        break;
      case 'impaired':
        this.#connection.warnOnce(event.message);
        break;
      case 'closing':
        this.#connection.noteClosing(event.payload);
        break;
      case 'changes':
        this.#store.applyChanges(event.payload);
        break;
      case 'hidden':
        this.#store.hide(event.payload);
        break;
      case 'idle':
        this.#idleness.receive(event.payload);
        break;
      case 'leaseLost':
        this.#leases.noteLost(event.payload);
        break;
      case 'releaseRequested':
        this.#leases.releaseRequests.noteRequested(event.payload);
        break;
      case 'releaseAnswered':
        this.#leases.releaseRequests.noteAnswered(event.payload);
        break;
      case 'leaseWaiting':
        this.#leases.noteWaiting(event.payload);
        break;
      case 'leaseAcquired':
        this.#leases.noteAcquired(event.payload);
        break;
      default:
        this.#connection.receive(event);
    }
  }
}

/** A client of any application: see `Types` of `createRowlockClient`. */
// biome-ignore lint/suspicious/noExplicitAny: the tasks of an application are its own
export type AnyRowlockClient = RowlockClient<any>;

const comesFromServer = ({ type }: TransportEvent): boolean =>
  type !== 'down' && type !== 'refused' && type !== 'impaired';

/**
 * A client for one tab and one user. It connects when it is started, for example by `<RowlockProvider client>`.
 *
 * `Types`, such as `TaskTypes<typeof tasks>` of `@rowlock/server`, names the application's tasks, and types the inputs of
 * `client.tasks.launch`. An `import type` is enough. Default: any name and any input.
 */
export const createRowlockClient = <Types extends TaskTypeMap = TaskTypeMap>(
  options?: RowlockClientOptions,
): RowlockClient<Types> => new RowlockClient<Types>(options);
