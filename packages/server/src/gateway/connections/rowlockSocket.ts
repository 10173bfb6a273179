/** The socket of a session. Its type knows the events that the server sends. */
import type { ServerEvents } from '@rowlock/protocol';
import type { DefaultEventsMap, Socket } from 'socket.io';

export type RowlockSocket = Socket<DefaultEventsMap, ServerEvents>;
