/** `client.connection`: drives the state machine of the connection, carries out its effects, and notifies listeners. */
import type { Actor, Hello } from '@rowlock/protocol';
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
import { type TransportConnectionEvent, toConnectionEvent } from './connectionEvent.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';

export interface ConnectionDriverOptions {
  transport: Transport;
  clock: ClientClock;
  onBegin: (hello: Hello) => void;
  onRefresh: () => void;
  onAbandon: () => void;
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
}

export class ConnectionDriver implements ClientConnection {
  readonly #options: ConnectionDriverOptions;
  readonly #listeners = new Set<() => void>();
  readonly #warnings = new Set<string>();
  #current: ConnectionState = { status: 'connecting' };
  #isRunning = false;
  /** How far the server's clock is ahead of this computer's */
  #clockOffsetMs = 0;

  constructor(options: ConnectionDriverOptions) {
    this.#options = options;
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
    if (this.#isRunning) this.#dispatch({ type: 'reconnect', atMs: this.serverNow() });
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

  open(): void {
    this.#isRunning = true;
    this.#options.transport.connect();
  }

  close(): void {
    this.#isRunning = false;
    this.#options.transport.close();
    this.#dispatch({ type: 'down', atMs: this.serverNow() });
  }

  receive(event: TransportConnectionEvent): void {
    if (event.type === 'hello') this.#clockOffsetMs = event.payload.now - this.#options.clock.now();
    else if (event.type !== 'certainty' && event.error) this.#warnOnce(event.error.message);
    this.#dispatch(toConnectionEvent(event, this.serverNow()));
  }

  #dispatch(event: ConnectionEvent): void {
    const before = this.#current;
    const { next, effects } = reduceConnection(before, event);
    this.#current = next;
    for (const effect of effects) {
      switch (effect) {
        case 'begin':
          if (isConnected(next)) this.#options.onBegin(next.hello);
          break;
        case 'refresh':
          this.#options.onRefresh();
          break;
        case 'abandon':
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
    // Everything on screen depends on the connection: nothing is certain without it.
    const listeners = new Set(this.#listeners);
    this.#options.collectListeners(listeners);
    for (const listener of listeners) listener();
  }

  /** Some pages show no connection status, so the console shows the reason, too. */
  #warnOnce(reason: string): void {
    if (this.#warnings.has(reason)) return;
    this.#warnings.add(reason);
    console.warn(`[rowlock] There is no connection. ${reason}`);
  }
}
