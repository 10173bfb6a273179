/** The socket of a session. Its type knows the events that the server sends. */
import type { ServerEvents } from '@rowlock/protocol';
import type { DefaultEventsMap, Socket } from 'socket.io';
import type { Credentials, NodeRequest } from '../../credentials.ts';
import { RowlockError } from '../../errors.ts';
import { readHandshake } from './handshakeSession.ts';

export type RowlockSocket = Socket<DefaultEventsMap, ServerEvents>;

/** The credentials of a connection are those of its handshake, also later. */
export const credentialsOf = ({ handshake, request }: RowlockSocket): Credentials => ({
  headers: handshake.headers,
  url: handshake.url,
  auth: readHandshake(handshake.auth).credentials,
  request: request as NodeRequest,
});

/** Ends the connection, and says why. */
export function endSocket(socket: RowlockSocket, reason: RowlockError): void {
  socket.emit('closing', reason.toBody());
  socket.disconnect(true);
}

export const signedOut = (): RowlockError =>
  new RowlockError('unauthenticated', 'You were signed out. Sign in again to continue.');
