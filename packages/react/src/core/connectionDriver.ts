/** `client.connection`: drives the state machine of the connection, carries out its effects, and notifies listeners. */
import type { Ack, Actor, ErrorBody, Hello } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import {
  type ConnectionEvent,
  type ConnectionPhase,
  type ConnectionState,
  getActor,
  getObstacle,
  isConnected,
  reduceConnection,
} from './connection.ts';
import { ConnectionCheck } from './connectionCheck.ts';
import { type TransportConnectionEvent, toConnectionEvent } from './connectionEvent.ts';
import { elapsedMs, getMoment, type Moment } from './moment.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';

export interface ConnectionDriverOptions {
  transport: Transport;
  clock: ClientClock;
  onBegin: (hello: Hello) => void;
  onRefresh: () => void;
  onAbandon: () => void;
  /** Whether this tab holds a lease */
  isHolding: () => boolean;
  /** The server was asked whether the connection works. Its answer says when it last renewed each lease of this tab */
  onAsked: (answer: Promise<Ack<'confirm'>>, askedAt: Moment) => void;
  /** Adds the listeners of everything else that shows the connection, too */
  collectListeners: (into: Set<() => void>) => void;
}

/** The connection of the client. */
export interface ClientConnection {
  /** How the connection stands */
  readonly current: ConnectionState;
  readonly status: ConnectionPhase;
  /** The user, as the server knows them. Undefined before the first connection */
  readonly actor: Actor | undefined;
  onChange(listener: () => void): () => void;
  /** Unix time in ms by the server's clock, to compare with the times that it sends. By this computer's before the first connection. */
  serverNow(): number;
  /**
   * Replaces the connection by a new one, so that the server authenticates this tab again. Call it after a change of
   * credentials, or after a refusal. Leases stay as long as the user is the same. Does nothing before `client.start()`.
   */
  reconnect(): void;
  /**
   * Asks the server at once whether this connection still works. Call it if a request of your own failed at the network
   * level. A lost connection is then shown after 2 s, and not after up to 22 s.
   */
  check(): void;
}

/** The part of the connection that requests wait for. */
export type ConnectionWait = Pick<ConnectionDriver, 'whenConnected' | 'whenConnectedAgain'>;

/** After a refusal, the focus of the page tries again, but not more often than this. */
const RETRY_AFTER_MS = 5_000;

export class ConnectionDriver implements ClientConnection {
  readonly #options: ConnectionDriverOptions;
  readonly #listeners = new Set<() => void>();
  readonly #warnings = new Set<string>();
  readonly #check: ConnectionCheck;
  /** Each looks whether it need not wait any longer */
  readonly #waiting = new Set<() => void>();
  #current: ConnectionState = { status: 'connecting' };
  #isRunning = false;
  /** How far the server's clock is ahead of this computer's */
  #clockOffsetMs = 0;
  #refusedAt: Moment | undefined;
  /** Why the server ends the present connection, if it has said so */
  #closing: ErrorBody | undefined;
  /** By `signOut`: connects only by `reconnect`, and events of a connection that was under way do not count */
  #isSignedOut = false;

  constructor(options: ConnectionDriverOptions) {
    this.#options = options;
    this.#check = new ConnectionCheck({ ...options, onLost: () => this.reconnect() });
  }

  get current(): ConnectionState {
    return this.#current;
  }

  get status(): ConnectionPhase {
    return this.#current.status;
  }

  get actor(): Actor | undefined {
    return getActor(this.#current);
  }

  serverNow(): number {
    return this.#options.clock.now() + this.#clockOffsetMs;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reconnect(): void {
    if (!this.#isRunning) return;
    this.#isSignedOut = false;
    this.#dispatch({ type: 'reconnect', atMs: this.serverNow() });
  }

  check(): void {
    this.#check.ask();
  }

  /**
   * The user signs out: shown as refused from now on, until `reconnect`. Call the returned function to end the connection;
   * it does nothing if another one has begun.
   */
  signOut(error: RowlockClientError): () => void {
    this.#isSignedOut = true;
    this.#dispatch({ type: 'refused', error });
    this.#refusedAt = undefined;
    this.#closing = undefined;
    return () => {
      if (this.#isSignedOut) this.#options.transport.close();
    };
  }

  /** A request was sent. */
  noteSent(): void {
    this.#check.noteSent();
  }

  /** This tab has acquired or resumed a lease. */
  noteHeld(): void {
    this.#check.noteHeld();
  }

  noteHeard(): void {
    this.#check.noteHeard();
  }

  noteOffline(): void {
    if (this.#isRunning) this.#dispatch({ type: 'offline', atMs: this.serverNow() });
  }

  noteOnline(): void {
    if (!this.#isRunning) return;
    this.#dispatch({ type: 'online' });
    this.noteAttention();
  }

  /** Somebody looks at the page, or returns from signing in elsewhere. */
  noteAttention(): void {
    if (!this.#isRunning) return;
    this.#check.ask();
    const { clock } = this.#options;
    if (!this.#refusedAt || elapsedMs(this.#refusedAt, clock) < RETRY_AFTER_MS) return;
    this.#refusedAt = getMoment(clock);
    this.#dispatch({ type: 'retry' });
  }

  /** Resolves when messages can be sent, or with an error if that cannot be waited for. */
  whenConnected(): Promise<RowlockClientError | undefined> {
    const now = getObstacle(this.#current);
    if (now !== 'wait') return Promise.resolve(now);
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        const obstacle = getObstacle(this.#current);
        if (obstacle === 'wait') return;
        stop();
        resolve(obstacle);
      });
    });
  }

  /**
   * Resolves to true when messages can be sent, perhaps by a new connection. To false after `limitMs`, if the server refuses the
   * connection, and if the client stops.
   */
  whenConnectedAgain(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        if (isConnected(this.#current)) settle(true);
        else if (!this.#isRunning || this.#current.status === 'refused') settle(false);
      };
      const settle = (isBack: boolean) => {
        this.#waiting.delete(look);
        cancelTimer();
        resolve(isBack);
      };
      const cancelTimer = this.#options.clock.after(limitMs, () => settle(false));
      this.#waiting.add(look);
      look();
    });
  }

  /** Connects, unless the user has signed out: then `reconnect` does. */
  open(): void {
    this.#isRunning = true;
    if (!this.#isSignedOut) this.#options.transport.connect();
  }

  close(): void {
    this.#isRunning = false;
    this.#options.transport.close();
    this.#dispatch({ type: 'down', atMs: this.serverNow() });
    for (const look of [...this.#waiting]) look();
  }

  receive(event: TransportConnectionEvent): void {
    if (this.#isSignedOut) return;
    if (event.type === 'hello') this.#clockOffsetMs = event.payload.now - this.#options.clock.now();
    else if (event.type !== 'certainty' && event.error) {
      this.warnOnce(`There is no connection. ${event.error.message}`);
    }
    const reason = this.#closing;
    this.#closing = undefined;
    const isExplained = event.type === 'down' && !event.error && reason;
    this.#dispatch(toConnectionEvent(isExplained ? { ...event, error: reason } : event, this.serverNow()));
  }

  /** The server ends the connection now. */
  noteClosing(reason: ErrorBody): void {
    if (!this.#isSignedOut) this.#closing = reason;
  }

  #dispatch(event: ConnectionEvent): void {
    const before = this.#current;
    const { next, effects } = reduceConnection(before, event);
    this.#current = next;
    if (event.type === 'refused') this.#refusedAt = getMoment(this.#options.clock);
    for (const effect of effects) {
      switch (effect) {
        case 'begin':
          this.#check.begin();
          if (isConnected(next)) this.#options.onBegin(next.hello);
          break;
        case 'refresh':
          this.#options.onRefresh();
          break;
        case 'abandon':
          this.#check.end();
          this.#options.onAbandon();
          break;
        case 'connect':
          this.#options.transport.connect();
          break;
        case 'close':
          this.#options.transport.close();
          break;
        default: {
          const impossible: never = effect;
          throw new TypeError(`Unknown effect: ${JSON.stringify(impossible)}.`);
        }
      }
    }
    if (next === before) return;
    for (const look of [...this.#waiting]) look();
    // Everything on screen depends on the connection: nothing is certain without it.
    const listeners = new Set(this.#listeners);
    this.#options.collectListeners(listeners);
    for (const listener of listeners) listener();
  }

  /** Some pages show no connection status, so the console shows the reason, too. */
  warnOnce(text: string): void {
    if (this.#warnings.has(text)) return;
    this.#warnings.add(text);
    console.warn(`[rowlock] ${text}`);
  }
}
