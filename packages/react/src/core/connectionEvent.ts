/** Turns what a transport reports about the connection into events of the state machine. Pure. */
import type { ConnectionEvent } from './connection.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { TransportEvent } from './transport.ts';

/** The events of a transport that are about the connection. */
export type TransportConnectionEvent = Extract<
  TransportEvent,
  { type: 'hello' | 'certainty' | 'down' | 'refused' }
>;

export function toConnectionEvent(event: TransportConnectionEvent, atMs: number): ConnectionEvent {
  switch (event.type) {
    case 'hello':
      return { type: 'hello', hello: event.payload, atMs };
    case 'certainty':
      return { type: 'certainty', certain: event.payload.certain, atMs };
    case 'down':
      return { type: 'down', atMs, ...(event.error && { error: new RowlockClientError(event.error) }) };
    case 'refused':
      return { type: 'refused', error: new RowlockClientError(event.error) };
    default: {
      const impossible: never = event;
      throw new TypeError(`Unknown event of the transport: ${JSON.stringify(impossible)}.`);
    }
  }
}
