/** Notices connections that end because of the data that the client sent. */
import type { RowlockSocket } from './rowlockSocket.ts';

export function onMalformedEnd(socket: RowlockSocket, listener: () => void): void {
  // If a packet cannot be decoded, Socket.IO emits `error` and closes. A client may also send an event of that name.
  let wasUndecodable = false;
  socket.on('error', () => {
    wasUndecodable = true;
  });
  socket.on('disconnect', (reason, cause) => {
    const isMalformed = reason === 'parse error' || (reason === 'forced close' && wasUndecodable);
    if (isMalformed || isProtocolViolation(cause)) listener();
  });
}

/** The WebSocket library refused a frame. Only its message distinguishes that from a failed network. */
const isProtocolViolation = (cause: unknown): boolean =>
  cause instanceof Error && /Max payload size exceeded|Invalid WebSocket frame/.test(cause.message);
