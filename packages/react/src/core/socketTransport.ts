import {
  type Ack,
  CHANNEL_NAMESPACE,
  type ClientMessage,
  type ClientMessageName,
  type ErrorBody,
  formatSession,
  SESSION_AUTH_FIELD,
  type ServerEvents,
} from '@rowlock/protocol';
import { io, type Socket } from 'socket.io-client';
import { type ClientClock, systemClock } from './clock.ts';
import { connectFailure, credentialsFailure, getRefusal, pollingOnly } from './connectFailure.ts';
import { FIRST_ROUTE, getTransports, nextRoute, type RouteOutcome } from './connectRoute.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { serverAddress } from './serverAddress.ts';
import type { Transport, TransportEvent } from './transport.ts';
import { UnansweredRequests } from './unansweredRequests.ts';

export type AuthSource = object | (() => object | Promise<object>);

export interface SocketTransportOptions {
  /** Address of the server, with the path below which it serves its API: `https://host/admin`; empty: the page's origin */
  url?: string;
  /** The handshake's `auth` object, or a function that returns it for every connection */
  auth?: AuthSource;
  /** Socket.IO's path, if the server has another than `socket.io` below `url` */
  path?: string;
  clock?: ClientClock;
}

/** Events by their protocol types; requests are typed by `Transport.request` and emitted untyped. */
type ServerSocket = Socket<ServerEvents>;
type Emit = (name: string, message: unknown, answer: (ack: unknown) => void) => void;

/** The live channel over Socket.IO: WebSocket first, so that no HTTP request is ever repeated on a timer. */
export const createSocketTransport = (options: SocketTransportOptions = {}): Transport =>
  new SocketTransport(options);

/** Within this time after the hello Socket.IO upgrades a connection that began by polling, if it can. */
const UPGRADE_LIMIT_MS = 5_000;

class SocketTransport implements Transport {
  readonly #auth: AuthSource;
  readonly #origin: string;
  readonly #socketPath: string;
  readonly #clock: ClientClock;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(event: TransportEvent) => void>();
  readonly #unanswered = new UnansweredRequests();
  #socket: ServerSocket | undefined;
  #getSession: Parameters<Transport['identify']>[0] = () => undefined;
  /** Credentials for an attempt that is over are not sent. */
  #attempts = 0;
  /** How the next connection is made */
  #route = FIRST_ROUTE;
  #cancelUpgradeLimit = () => {};

  constructor({ url = '', auth = {}, path, clock = systemClock }: SocketTransportOptions) {
    const { origin, socketPath } = serverAddress(url, path);
    this.#auth = auth;
    this.#origin = origin;
    this.#socketPath = socketPath;
    this.#clock = clock;
    this.#backoff = new Backoff(clock);
  }

  identify(getSession: Parameters<Transport['identify']>[0]): void {
    this.#getSession = getSession;
  }

  connect(): void {
    this.#backoff.reset();
    this.#socket ??= this.#open();
    this.#socket.connect();
  }

  close(): void {
    this.#backoff.reset();
    this.#cancelUpgradeLimit();
    this.#socket?.off();
    this.#socket?.disconnect();
    this.#socket?.io.off();
    this.#socket = undefined;
    this.#unanswered.giveUpAll();
  }

  request<N extends ClientMessageName>(
    name: N,
    message: ClientMessage<N>,
    onAnswer?: (answer: Ack<N>) => void,
  ): Promise<Ack<N>> {
    const socket = this.#socket;
    if (!socket?.connected) return this.#unanswered.request(undefined, onAnswer);
    return this.#unanswered.request<N>(
      (answer) => (socket.emit as Emit).call(socket, name, message, (ack) => answer(ack as Ack<N>)),
      onAnswer,
    );
  }

  on(listener: (event: TransportEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #open(): ServerSocket {
    const opened: ServerSocket = io(`${this.#origin}${CHANNEL_NAMESPACE}`, {
      path: this.#socketPath,
      auth: (answer) => this.#answerWithCredentials(opened, answer),
      autoConnect: false,
      transports: getTransports(this.#route),
      timeout: this.#route.timeoutMs,
      tryAllTransports: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 2_000,
      // One connection for each client: with a shared manager, one client could close the other's.
      forceNew: true,
    });
    this.#watchAttempts(opened);
    opened.on('hello', (payload) => {
      this.#backoff.reset();
      this.#noteTransport(opened);
      this.#report({ type: 'hello', payload });
    });
    opened.on('changes', (payload) => this.#report({ type: 'changes', payload }));
    opened.on('leaseLost', (payload) => this.#report({ type: 'leaseLost', payload }));
    opened.on('leaseWaiting', (payload) => this.#report({ type: 'leaseWaiting', payload }));
    opened.on('releaseRequested', (payload) => this.#report({ type: 'releaseRequested', payload }));
    opened.on('releaseAnswered', (payload) => this.#report({ type: 'releaseAnswered', payload }));
    opened.on('leaseAcquired', (payload) => this.#report({ type: 'leaseAcquired', payload }));
    opened.on('certainty', (payload) => this.#report({ type: 'certainty', payload }));
    opened.on('hidden', (payload) => this.#report({ type: 'hidden', payload }));
    opened.on('idle', (payload) => this.#report({ type: 'idle', payload }));
    opened.on('closing', (payload) => this.#report({ type: 'closing', payload }));
    opened.on('disconnect', () => {
      this.#cancelUpgradeLimit();
      this.#unanswered.giveUpAll();
      this.#report({ type: 'down' });
      // The server has ended it, and Socket.IO does not reconnect then.
      if (!opened.active) this.#connectLater();
    });
    opened.on('connect_error', (error) => this.#onConnectError(opened, error));
    return opened;
  }

  #watchAttempts(opened: ServerSocket): void {
    const { io: manager } = opened;
    const noteHeard = () => opened === this.#socket && this.#report({ type: 'heard' });
    manager.on('open', () => manager.engine.on('packet', noteHeard));
    manager.on('reconnect_attempt', () => {
      manager.opts.transports = getTransports(this.#route);
      manager.timeout(this.#route.timeoutMs);
    });
  }

  #answerWithCredentials(opened: ServerSocket, answer: (data: object) => void): void {
    this.#attempts += 1;
    const attempt = this.#attempts;
    this.#provideHandshake().then(
      (data) => attempt === this.#attempts && answer(data),
      (cause: unknown) => attempt === this.#attempts && this.#onRefused(opened, credentialsFailure(cause)),
    );
  }

  /** The application's credentials, and the session. */
  async #provideHandshake(): Promise<object> {
    const [auth, session] = await Promise.all([provideAuth(this.#auth), this.#getSession()]);
    return session ? { ...auth, [SESSION_AUTH_FIELD]: formatSession(session) } : auth;
  }

  #onConnectError(opened: ServerSocket, error: Error): void {
    // An active socket has found no Socket.IO server, and retries by itself.
    if (!opened.active) {
      this.#onRefused(opened, getRefusal(error));
      return;
    }
    this.#noteOutcome(error.message === 'timeout' ? 'timed out' : 'failed');
    // The next attempt begins by polling: the connection may still be made.
    if (this.#route.isPollingFirst) return;
    const pageOrigin = typeof location === 'undefined' ? undefined : location.origin;
    this.#report({ type: 'down', error: connectFailure(error, this.#address, pageOrigin) });
  }

  get #address(): string {
    return `${this.#origin}${this.#socketPath}`;
  }

  #noteOutcome(outcome: RouteOutcome): void {
    this.#route = nextRoute(this.#route, outcome);
  }

  /** Polling serves until Socket.IO has upgraded it, or if no WebSocket can be opened. */
  #noteTransport(opened: ServerSocket): void {
    const { engine } = opened.io;
    const isUpgraded = () => engine.transport.name === 'websocket';
    this.#noteOutcome(isUpgraded() ? 'websocket' : 'polling');
    this.#cancelUpgradeLimit();
    if (isUpgraded()) return;
    this.#cancelUpgradeLimit = this.#clock.after(UPGRADE_LIMIT_MS, () => {
      if (isUpgraded()) this.#noteOutcome('websocket');
      else this.#report({ type: 'impaired', message: pollingOnly(this.#address) });
    });
  }

  /** No connection was made, though the network may work: only a final refusal ends the attempts. */
  #onRefused(refused: ServerSocket, error: ErrorBody): void {
    if (refused !== this.#socket) return;
    refused.disconnect();
    if (isFinalRefusal(error)) {
      this.#report({ type: 'refused', error });
    } else {
      this.#connectLater();
      this.#report({ type: 'down', error });
    }
  }

  #connectLater(): void {
    this.#backoff.schedule(() => this.#socket?.connect());
  }

  #report(event: TransportEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

async function provideAuth(auth: AuthSource): Promise<object> {
  return typeof auth === 'function' ? (auth as () => object | Promise<object>)() : auth;
}
