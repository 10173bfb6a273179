/**
 * The connection as a machine: a pure reducer over what the transport reports. It says what to do next as effects, which
 * the client carries out.
 *
 *   connecting ──hello──► live ◄──certainty──► uncertain
 *       │                  │ down                 │ down
 *       │ down             ▼                      ▼
 *       └────────────► reconnecting ──hello──► live | uncertain
 *   any ──refused──► refused ──reconnect──► connecting
 *   any other ──reconnect──► reconnecting
 */
import { type Actor, type ErrorBody, type Hello, PROTOCOL_VERSION } from '@rowlock/protocol';

export type Connection =
  | { status: 'connecting' }
  | { status: 'live'; hello: Hello }
  /** Connected to a server that itself does not see Redis */
  | { status: 'uncertain'; hello: Hello; sinceMs: number }
  /** `hello` is that of the last connection, if there was one; `error` says why the last attempt failed, if that is known */
  | { status: 'reconnecting'; hello?: Hello; sinceMs: number; error?: ErrorBody }
  | { status: 'refused'; error: ErrorBody };

export type ConnectionStatus = Connection['status'];

export type ConnectionEvent =
  | { type: 'hello'; hello: Hello; atMs: number }
  | { type: 'certainty'; certain: boolean; atMs: number }
  | { type: 'down'; atMs: number; error?: ErrorBody }
  | { type: 'refused'; error: ErrorBody }
  /** Somebody wants a new connection, for example with new credentials */
  | { type: 'reconnect'; atMs: number };

type ConnectionEffect =
  /** A new connection: take leases back, watch everything again */
  | 'begin'
  /** The server sees Redis again: what was seen before may be old */
  | 'refresh'
  /** What is under way on the old connection is void */
  | 'abandon'
  | 'connect'
  | 'close';

export interface Transition {
  next: Connection;
  effects: ConnectionEffect[];
}

const stay = (next: Connection): Transition => ({ next, effects: [] });

export function reduceConnection(current: Connection, event: ConnectionEvent): Transition {
  switch (event.type) {
    case 'hello':
      return onHello(event.hello, event.atMs);
    case 'certainty':
      return onCertainty(current, event.certain, event.atMs);
    case 'down':
      return onDown(current, event);
    case 'refused':
      return { next: { status: 'refused', error: event.error }, effects: ['abandon'] };
    case 'reconnect':
      return current.status === 'refused'
        ? { next: { status: 'connecting' }, effects: ['close', 'connect'] }
        : { next: onDown(current, event).next, effects: ['abandon', 'close', 'connect'] };
    default:
      return impossible(event);
  }
}

function onHello(hello: Hello, atMs: number): Transition {
  if (hello.protocol !== PROTOCOL_VERSION) {
    const message =
      `The server speaks version ${hello.protocol} of the protocol, this page version ${PROTOCOL_VERSION}. ` +
      'Reload the page to get the version that fits.';
    return {
      next: { status: 'refused', error: { code: 'bad_request', message } },
      effects: ['abandon', 'close'],
    };
  }
  return {
    next: hello.certain ? { status: 'live', hello } : { status: 'uncertain', hello, sinceMs: atMs },
    effects: ['begin'],
  };
}

function onCertainty(current: Connection, certain: boolean, atMs: number): Transition {
  switch (current.status) {
    case 'live':
      return certain ? stay(current) : stay({ status: 'uncertain', hello: current.hello, sinceMs: atMs });
    case 'uncertain':
      return certain
        ? { next: { status: 'live', hello: current.hello }, effects: ['refresh'] }
        : stay(current);
    // Before its hello, a connection has nothing to say; the hello itself tells the certainty.
    case 'connecting':
    case 'reconnecting':
    case 'refused':
      return stay(current);
    default:
      return impossible(current);
  }
}

function onDown(current: Connection, { atMs, error }: { atMs: number; error?: ErrorBody }): Transition {
  const why = error && { error };
  switch (current.status) {
    case 'connecting':
      return { next: { status: 'reconnecting', sinceMs: atMs, ...why }, effects: ['abandon'] };
    case 'live':
    case 'uncertain':
      return {
        next: { status: 'reconnecting', hello: current.hello, sinceMs: atMs, ...why },
        effects: ['abandon'],
      };
    // Each failed attempt reports `down` again: the clock that people see goes on.
    case 'reconnecting':
      return stay(error && error.message !== current.error?.message ? { ...current, ...why } : current);
    case 'refused':
      return stay(current);
    default:
      return impossible(current);
  }
}

/** Messages can be sent: the server has greeted us on the present connection. */
export const isConnected = (
  connection: Connection,
): connection is Extract<Connection, { status: 'live' | 'uncertain' }> =>
  connection.status === 'live' || connection.status === 'uncertain';

export const actorOf = (connection: Connection): Actor | undefined =>
  'hello' in connection ? connection.hello?.actor : undefined;

/**
 * What keeps messages from being sent. A page that is still loading waits for its first connection; later, waiting would
 * hide that there is none.
 */
export function obstacleOf(connection: Connection): ErrorBody | 'wait' | undefined {
  switch (connection.status) {
    case 'live':
    case 'uncertain':
      return undefined;
    case 'connecting':
      return 'wait';
    case 'reconnecting':
      return (
        connection.error ?? {
          code: 'unavailable',
          message: 'The connection to the server is lost and is being made again. Try again when it is back.',
        }
      );
    case 'refused':
      return connection.error;
    default:
      return impossible(connection);
  }
}

function impossible(value: never): never {
  throw new TypeError(`impossible connection event or state: ${JSON.stringify(value)}`);
}
