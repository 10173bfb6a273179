/**
 * The connection as a state machine: a pure reducer over the events of the transport. It returns the next state and the
 * effects that `ClientConnection` carries out.
 *
 *   connecting ──hello──► live ◄──certainty──► uncertain
 *       │                  │ down                 │ down
 *       │ down             ▼                      ▼
 *       └────────────► reconnecting ──hello──► live | uncertain
 *   any ──refused──► refused ──reconnect──► connecting
 *   any other ──reconnect | offline──► reconnecting
 */
import { type Actor, type Hello, PROTOCOL_VERSION } from '@rowlock/protocol';
import { RowlockClientError } from './rowlockClientError.ts';

export type ConnectionState =
  | { status: 'connecting' }
  | { status: 'live'; hello: Hello }
  /** Connected to a server that does not see Redis */
  | { status: 'uncertain'; hello: Hello; sinceMs: number }
  /**
   * `hello` is that of the last connection, if there was one. `error` says why the last attempt failed, if that is known.
   * `isOffline`: the browser reports that it has no network
   */
  | { status: 'reconnecting'; hello?: Hello; sinceMs: number; error?: RowlockClientError; isOffline?: true }
  | { status: 'refused'; error: RowlockClientError };

/** How the connection stands, in a word. */
export type ConnectionPhase = ConnectionState['status'];

export type ConnectionEvent =
  | { type: 'hello'; hello: Hello; atMs: number }
  | { type: 'certainty'; certain: boolean; atMs: number }
  | { type: 'down'; atMs: number; error?: RowlockClientError }
  | { type: 'refused'; error: RowlockClientError }
  /** A new connection is wanted: the credentials are new, or the present connection is silent */
  | { type: 'reconnect'; atMs: number }
  /** The browser has lost its network */
  | { type: 'offline'; atMs: number }
  /** The browser has a network again */
  | { type: 'online' }
  /** After a refusal: the credentials may be valid by now */
  | { type: 'retry' };

type ConnectionEffect =
  /** A new connection: resume leases, watch everything again */
  | 'begin'
  /** The server sees Redis again: the view may be old */
  | 'refresh'
  /** Requests that are under way on the old connection are void */
  | 'abandon'
  | 'connect'
  | 'close';

export interface Transition {
  next: ConnectionState;
  effects: ConnectionEffect[];
}

const OFFLINE =
  'This computer is offline, so the server cannot be reached. The client reconnects when the network is back. Try again then.';

const stay = (next: ConnectionState): Transition => ({ next, effects: [] });

export function reduceConnection(current: ConnectionState, event: ConnectionEvent): Transition {
  switch (event.type) {
    case 'hello':
      return onHello(event.hello, event.atMs);
    case 'certainty':
      return onCertainty(current, event.certain, event.atMs);
    case 'down':
      return onDown(current, event);
    case 'refused':
      return onRefused(current, event.error);
    case 'reconnect':
      return current.status === 'refused'
        ? { next: { status: 'connecting' }, effects: ['close', 'connect'] }
        : replace(onDown(current, event).next);
    case 'offline':
      return onOffline(current, event);
    case 'online':
      return onOnline(current);
    case 'retry':
      // Shown as refused until the server has accepted the credentials.
      return current.status === 'refused' ? { next: current, effects: ['close', 'connect'] } : stay(current);
    default:
      return impossible(event);
  }
}

/** The present connection is replaced by a new one. */
const replace = (next: ConnectionState): Transition => ({ next, effects: ['abandon', 'close', 'connect'] });

function onRefused(current: ConnectionState, error: RowlockClientError): Transition {
  const isSame = current.status === 'refused' && current.error.message === error.message;
  return { next: isSame ? current : { status: 'refused', error }, effects: ['abandon'] };
}

/** It still tries to connect: a server on this computer can be reached, and the browser may be wrong. */
function onOffline(current: ConnectionState, event: { atMs: number }): Transition {
  const { next } = onDown(current, event);
  return next.status === 'reconnecting' ? replace({ ...next, isOffline: true }) : stay(current);
}

/** Waits no longer for the next attempt. */
function onOnline(current: ConnectionState): Transition {
  if (current.status !== 'reconnecting') return stay(current);
  const { isOffline, ...next } = current;
  return replace(isOffline ? next : current);
}

function onHello(hello: Hello, atMs: number): Transition {
  if (hello.protocol !== PROTOCOL_VERSION) {
    const message =
      `The server speaks version ${hello.protocol} of the protocol, and this page version ${PROTOCOL_VERSION}. ` +
      'Reload the page to get the version that fits.';
    return {
      next: { status: 'refused', error: new RowlockClientError({ code: 'bad_request', message }) },
      effects: ['abandon', 'close'],
    };
  }
  return {
    next: hello.certain ? { status: 'live', hello } : { status: 'uncertain', hello, sinceMs: atMs },
    effects: ['begin'],
  };
}

function onCertainty(current: ConnectionState, certain: boolean, atMs: number): Transition {
  switch (current.status) {
    case 'live':
      return certain ? stay(current) : stay({ status: 'uncertain', hello: current.hello, sinceMs: atMs });
    case 'uncertain':
      return certain
        ? { next: { status: 'live', hello: current.hello }, effects: ['refresh'] }
        : stay(current);
    // The hello of a connection says whether the server is certain.
    case 'connecting':
    case 'reconnecting':
    case 'refused':
      return stay(current);
    default:
      return impossible(current);
  }
}

function onDown(
  current: ConnectionState,
  { atMs, error }: { atMs: number; error?: RowlockClientError },
): Transition {
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
    // Each failed attempt reports `down` again. The time that people see continues to count.
    case 'reconnecting':
      return stay(error && error.message !== current.error?.message ? { ...current, ...why } : current);
    case 'refused':
      return stay(current);
    default:
      return impossible(current);
  }
}

/** Messages can be sent: the server has said hello on the present connection. */
export const isConnected = (
  connection: ConnectionState,
): connection is Extract<ConnectionState, { status: 'live' | 'uncertain' }> =>
  connection.status === 'live' || connection.status === 'uncertain';

export const getActor = (connection: ConnectionState): Actor | undefined =>
  'hello' in connection ? connection.hello?.actor : undefined;

/**
 * Why messages cannot be sent. A page that is still loading waits for its first connection. Later it does not wait, since
 * that would hide that there is no connection.
 */
export function getObstacle(connection: ConnectionState): RowlockClientError | 'wait' | undefined {
  switch (connection.status) {
    case 'live':
    case 'uncertain':
      return undefined;
    case 'connecting':
      return 'wait';
    case 'reconnecting':
      if (connection.isOffline) return new RowlockClientError({ code: 'unavailable', message: OFFLINE });
      return (
        connection.error ??
        new RowlockClientError({
          code: 'unavailable',
          message:
            'The connection to the server is lost. The client is reconnecting. Try again when it is back.',
        })
      );
    case 'refused':
      return connection.error;
    default:
      return impossible(connection);
  }
}

function impossible(value: never): never {
  throw new TypeError(`Impossible event or state of the connection: ${JSON.stringify(value)}.`);
}
