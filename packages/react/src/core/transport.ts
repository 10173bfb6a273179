import type {
  Ack,
  ClientMessage,
  ClientMessageName,
  ErrorBody,
  ServerEvents,
  SessionSecret,
} from '@rowlock/protocol';
import type { FetchRoute } from './fetchRoute.ts';

/** The events of a transport: those of the server, and the end of a connection. */
export type TransportEvent =
  | {
      [Name in keyof ServerEvents]: { type: Name; payload: Parameters<ServerEvents[Name]>[0] };
    }[keyof ServerEvents]
  /** The connection is lost, or could not be made. The transport retries by itself. `error` says why, if that is known. */
  | { type: 'down'; error?: ErrorBody }
  /** Something else has arrived, for example a ping of the server */
  | { type: 'heard' }
  /** The connection works, but not as well as it could. `message` says why, and what to do */
  | { type: 'impaired'; message: string }
  /** The server refuses the connection. The transport does not retry until `connect` is called. */
  | { type: 'refused'; error: ErrorBody };

/** A way to a Rowlock server. Each connection begins with a `hello`. */
export interface Transport {
  /** Called once, before `connect`: each handshake proves the session that this returns at that time. */
  identify(getSession: () => SessionSecret | undefined | Promise<SessionSecret | undefined>): void;
  /** Connects, and reconnects whenever the connection is lost. Call it again after a refusal. */
  connect(): void;
  /** Ends the connection, and reports no more events. */
  close(): void;
  /**
   * Never rejects. Without a connection, or if it is lost before the answer, the answer is `unavailable`.
   * `onAnswer` is called in the order in which answers and events came, which a promise's continuation is not.
   */
  request<N extends ClientMessageName>(
    name: N,
    message: ClientMessage<N>,
    onAnswer?: (answer: Ack<N>) => void,
  ): Promise<Ack<N>>;
  on(listener: (event: TransportEvent) => void): () => void;
  /** Makes the requests to Rowlock's REST routes. Default: the page's own `fetch` */
  readonly fetch?: FetchRoute;
}

/** The same transport. Notes each request that is sent, and each answer. */
export const noteRequests = (
  transport: Transport,
  { onSent, onAnswered }: { onSent: () => void; onAnswered: () => void },
): Transport => ({
  identify: (getSession) => transport.identify(getSession),
  connect: () => transport.connect(),
  close: () => transport.close(),
  on: (listener) => transport.on(listener),
  ...(transport.fetch && { fetch: transport.fetch }),
  request(name, message, onAnswer) {
    onSent();
    return transport.request(name, message, (answer) => {
      onAnswered();
      onAnswer?.(answer);
    });
  },
});

export const notConnected = (): { ok: false; error: ErrorBody } => ({
  ok: false,
  error: {
    code: 'unavailable',
    message:
      'There is no connection to the server, so locks cannot be checked. The client is reconnecting. Try again when it is back.',
  },
});
