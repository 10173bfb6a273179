import {
  type Ack,
  CHANNEL_NAMESPACE,
  type ClientMessage,
  type ClientMessageName,
  ERRORS,
  type ErrorBody,
  type ErrorCode,
  type ServerEvents,
} from '@rowlock/protocol';
import { io, type Socket } from 'socket.io-client';
import { type Clock, systemClock } from './clock.ts';
import { notConnected, type Transport, type TransportEvent } from './transport.ts';

export type AuthSource = object | (() => object | Promise<object>);

export interface SocketTransportOptions {
  /** Origin of the server; empty: the page's own */
  url?: string;
  /** The handshake's `auth` object, or what makes it anew for every connection */
  auth?: AuthSource;
  /** Socket.IO's path; default `/socket.io` */
  path?: string;
  clock?: Clock;
}

/** After a refusal that may pass (the server is starting, Redis is away). */
const RETRY_REFUSED_MS = 1_000;

/** Events by their protocol types; requests are typed by `Transport.request` and emitted untyped. */
type ServerSocket = Socket<ServerEvents>;
type Emit = (name: string, message: unknown, answer: (ack: unknown) => void) => void;

/** The live channel over Socket.IO: WebSocket first, so that no HTTP request is ever repeated on a timer. */
export function createSocketTransport({
  url = '',
  auth = {},
  path = '/socket.io',
  clock = systemClock,
}: SocketTransportOptions = {}): Transport {
  const listeners = new Set<(event: TransportEvent) => void>();
  const unanswered = new Set<() => void>();
  let socket: ServerSocket | undefined;
  let cancelRetry = () => {};

  const report = (event: TransportEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const giveUpUnanswered = () => {
    for (const giveUp of [...unanswered]) giveUp();
  };
  const retryLater = () => {
    cancelRetry();
    cancelRetry = clock.after(RETRY_REFUSED_MS, () => socket?.connect());
  };

  const provideAuth = (answer: (data: object) => void) => {
    Promise.resolve()
      .then(() => (typeof auth === 'function' ? (auth as () => object | Promise<object>)() : auth))
      .then(answer, (cause: unknown) => {
        socket?.disconnect();
        const why = cause instanceof Error ? cause.message : String(cause);
        report({
          type: 'refused',
          error: { code: 'unauthenticated', message: `The credentials could not be had: ${why}` },
        });
      });
  };

  const open = (): ServerSocket => {
    const opened: ServerSocket = io(`${url}${CHANNEL_NAMESPACE}`, {
      path,
      auth: provideAuth,
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 2_000,
      // One connection a client: a shared manager would tie the lives of two clients together.
      forceNew: true,
    });
    opened.on('hello', (payload) => report({ type: 'hello', payload }));
    opened.on('changes', (payload) => report({ type: 'changes', payload }));
    opened.on('leaseLost', (payload) => report({ type: 'leaseLost', payload }));
    opened.on('certainty', (payload) => report({ type: 'certainty', payload }));
    opened.on('disconnect', (reason) => {
      giveUpUnanswered();
      report({ type: 'down', reason });
      if (!opened.active) retryLater();
    });
    opened.on('connect_error', (error) => {
      if (opened.active) return report({ type: 'down', reason: error.message });
      const refusal = refusalOf(error);
      if (ERRORS[refusal.code].status >= 429) {
        retryLater();
        report({ type: 'down', reason: refusal.message });
      } else {
        report({ type: 'refused', error: refusal });
      }
    });
    return opened;
  };

  return {
    connect() {
      socket ??= open();
      socket.connect();
    },
    close() {
      cancelRetry();
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

/** A middleware's refusal carries an `ErrorBody` in `data`; a bare one counts as a failed sign-in. */
function refusalOf(error: Error): ErrorBody {
  const data = (error as Error & { data?: unknown }).data;
  const code = (data as Partial<ErrorBody> | undefined)?.code;
  return {
    code: code !== undefined && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'unauthenticated',
    message: (data as Partial<ErrorBody> | undefined)?.message ?? error.message,
  };
}
