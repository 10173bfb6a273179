import type { Ack, ClientMessage, ClientMessageName, ErrorBody, ServerEvents } from '@rowlock/protocol';

/** What a transport reports: the server's own events, and the fate of the connection. */
export type TransportEvent =
  | {
      [Name in keyof ServerEvents]: { type: Name; payload: Parameters<ServerEvents[Name]>[0] };
    }[keyof ServerEvents]
  /** The connection is gone, or could not be made; the transport tries again by itself. `error` says why, if that is known. */
  | { type: 'down'; error?: ErrorBody }
  /** The server will not have us; the transport does not try again until `connect` is called. */
  | { type: 'refused'; error: ErrorBody };

/** How a client reaches a Rowlock server. Each connection begins with a `hello`. */
export interface Transport {
  /** Begins to connect, and to reconnect whenever the connection is lost. Called again after a refusal, it tries again. */
  connect(): void;
  /** Ends the connection for good; reports nothing more. */
  close(): void;
  /**
   * Never rejects: without a connection, or where it is lost before the answer, the answer is `unavailable`.
   * `onAnswer` is called in the order in which answers and events came, which a promise's continuation is not.
   */
  request<N extends ClientMessageName>(
    name: N,
    message: ClientMessage<N>,
    onAnswer?: (answer: Ack<N>) => void,
  ): Promise<Ack<N>>;
  on(listener: (event: TransportEvent) => void): () => void;
}

export const notConnected = (): { ok: false; error: ErrorBody } => ({
  ok: false,
  error: {
    code: 'unavailable',
    message:
      'There is no connection to the server, so locks cannot be checked. It is being made again; try then.',
  },
});
