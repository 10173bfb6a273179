import { RowlockError } from '../../errors.ts';
import type { RowlockSocket } from '../connections/rowlockSocket.ts';
import { createLane, type Lane } from '../lane.ts';

/** A lane for the messages of one connection. */
export function laneWhileConnected(socket: RowlockSocket): Lane {
  const inLane = createLane();
  return (work) =>
    inLane(() => {
      // Nobody needs the answer after the connection has ended.
      if (!socket.connected)
        throw new RowlockError('unavailable', 'The connection has ended. Connect again.');
      return work();
    });
}
