/** Drives the connection machine: keeps its state, carries out its effects, and tells those who listen. */
import type { ErrorBody, Hello } from '@rowlock/protocol';
import {
  type Connection,
  type ConnectionEvent,
  isConnected,
  obstacleOf,
  reduceConnection,
} from './connection.ts';
import type { Transport } from './transport.ts';

export interface ConnectionDriverOptions {
  transport: Transport;
  onBegin: (hello: Hello) => void;
  onRefresh: () => void;
  onAbandon: () => void;
  /** Adds those who show the connection beside other things. */
  collectListeners: (into: Set<() => void>) => void;
}

export class ConnectionDriver {
  readonly #options: ConnectionDriverOptions;
  readonly #listeners = new Set<() => void>();
  #current: Connection = { status: 'connecting' };

  constructor(options: ConnectionDriverOptions) {
    this.#options = options;
  }

  get current(): Connection {
    return this.#current;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispatch(event: ConnectionEvent): void {
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
          throw new TypeError(`unknown effect: ${JSON.stringify(impossible)}`);
        }
      }
    }
    if (next === before) return;
    // The connection is part of what everything shows: without it nothing is certain.
    const listeners = new Set(this.#listeners);
    this.#options.collectListeners(listeners);
    for (const listener of listeners) listener();
  }

  /** Resolves once messages can be sent; with an error where that is not to be waited for. */
  whenConnected(): Promise<ErrorBody | undefined> {
    const now = obstacleOf(this.#current);
    if (now !== 'wait') return Promise.resolve(now);
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        const obstacle = obstacleOf(this.#current);
        if (obstacle === 'wait') return;
        stop();
        resolve(obstacle);
      });
    });
  }
}
