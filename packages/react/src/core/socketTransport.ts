import {
  type Ack,
  CHANNEL_NAMESPACE,
  type ClientMessage,
  type ClientMessageName,
  ERRORS,
  type ErrorBody,
  type ServerEvents,
} from '@rowlock/protocol';
import { io, type Socket } from 'socket.io-client';
import { type ClientClock, systemClock } from './clock.ts';
import { connectFailure } from './connectFailure.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { serverAddress } from './serverAddress.ts';
import { notConnected, type Transport, type TransportEvent } from './transport.ts';

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
export function createSocketTransport({
  url = '',
  auth = {},
  path,
  clock = systemClock,
}: SocketTransportOptions = {}): Transport {
  const { origin, socketPath } = serverAddress(url, path);
  const listeners = new Set<(event: TransportEvent) => void>();
  const unanswered = new Set<() => void>();
  let socket: ServerSocket | undefined;
  const backoff = new Backoff(clock);
  /** Credentials for an attempt that is over are not sent. */
  let attempts = 0;

  const report = (event: TransportEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const giveUpUnanswered = () => {
    for (const giveUp of [...unanswered]) giveUp();
  };
  /** No connection was made, though the network may work: only a final refusal ends the attempts. */
  const onRefused = (refused: ServerSocket, error: ErrorBody) => {
    if (refused !== socket) return;
    refused.disconnect();
    if (isFinalRefusal(error)) return report({ type: 'refused', error });
    backoff.schedule(() => socket?.connect());
    report({ type: 'down', error });
  };

  const open = (): ServerSocket => {
    const opened: ServerSocket = io(`${origin}${CHANNEL_NAMESPACE}`, {
      path: socketPath,
      auth: (answer) => {
        attempts += 1;
        const attempt = attempts;
        provideAuth(auth).then(
          (data) => attempt === attempts && answer(data),
          (cause: unknown) => attempt === attempts && onRefused(opened, credentialsFailed(cause)),
        );
      },
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 2_000,
      // One connection for each client: with a shared manager, one client could close the other's.
      forceNew: true,
    });
    opened.on('hello', (payload) => {
      backoff.reset();
      report({ type: 'hello', payload });
    });
    opened.on('changes', (payload) => report({ type: 'changes', payload }));
    opened.on('leaseLost', (payload) => report({ type: 'leaseLost', payload }));
    opened.on('certainty', (payload) => report({ type: 'certainty', payload }));
    opened.on('disconnect', () => {
      giveUpUnanswered();
      report({ type: 'down' });
      // The server has ended it, and Socket.IO does not reconnect then.
      if (!opened.active) backoff.schedule(() => socket?.connect());
    });
    opened.on('connect_error', (error) => {
      // An active socket has found no Socket.IO server, and retries by itself.
      if (opened.active) report({ type: 'down', error: connectFailure(error, `${origin}${socketPath}`) });
      else onRefused(opened, refusalOf(error));
    });
    return opened;
  };

  return {
    connect() {
      backoff.reset();
      socket ??= open();
      socket.connect();
    },
    close() {
      backoff.reset();
      socket?.off();
      socket?.disconnect();
      socket = undefined;
      giveUpUnanswered();
    },
    request<N extends ClientMessageName>(
      name: N,
      message: ClientMessage<N>,
      onAnswer?: (answer: Ack<N>) => void,
    ): Promise<Ack<N>> {
      return new Promise((resolve) => {
        const settle = (answer: Ack<N>) => {
          unanswered.delete(giveUp);
          onAnswer?.(answer);
          resolve(answer);
        };
        const giveUp = () => settle(notConnected());
        const connected = socket;
        if (!connected?.connected) return giveUp();
        unanswered.add(giveUp);
        (connected.emit as Emit).call(connected, name, message, (answer) => settle(answer as Ack<N>));
      });
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function provideAuth(auth: AuthSource): Promise<object> {
  return typeof auth === 'function' ? (auth as () => object | Promise<object>)() : auth;
}

/** The application's `auth` function failed. Nobody knows whether the user is signed out, so this is not final. */
const credentialsFailed = (cause: unknown): ErrorBody => ({
  code: 'unavailable',
  message:
    `The credentials for the connection could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
    'The client retries. If this stays, check the `auth` function.',
});

/** Rowlock's refusals have an `ErrorBody` in `data`. Any other refusal comes from something in between, and is not final. */
function refusalOf(error: Error & { data?: Partial<ErrorBody> }): ErrorBody {
  const { code, message } = error.data ?? {};
  if (code !== undefined && Object.hasOwn(ERRORS, code)) return { code, message: message ?? error.message };
  return {
    code: 'unavailable',
    message: `The server refused the connection: ${error.message}. The client retries.`,
  };
}
