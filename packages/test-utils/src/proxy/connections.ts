import { connect, type Socket } from 'node:net';
import { type Lane, type LaneCounts, type LaneFaults, layLane } from './lane.ts';

/** A value for each direction. */
export interface Directions<T> {
  toServer: T;
  toClient: T;
}

/** The connections of a proxy. */
export interface Connections {
  /** Connects a client with the server on this port of 127.0.0.1. */
  open(client: Socket, targetPort: number): void;
  /** Ends all connections, and drops the bytes that are travelling. */
  endAll(): void;
  /** Delivers all bytes that are travelling. Ends every connection of which something was dropped. */
  heal(): void;
  /** Connections since the start. */
  count(): number;
  /** Connections of which at least one end is open. */
  countOpen(): number;
}

interface Connection {
  sockets: readonly [client: Socket, server: Socket];
  lanes: readonly Lane[];
}

/** All connections have these faults, and add to these counts. */
export function createConnections(
  faults: Directions<LaneFaults>,
  counts: Directions<LaneCounts>,
): Connections {
  const connections = new Set<Connection>();
  let count = 0;

  const forget = (connection: Connection) => {
    for (const lane of connection.lanes) lane.clear();
    connections.delete(connection);
  };
  const end = (connection: Connection) => {
    forget(connection);
    for (const socket of connection.sockets) socket.destroy();
  };

  return {
    open(client, targetPort) {
      const server = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true, noDelay: true });
      const connection: Connection = {
        sockets: [client, server],
        lanes: [
          layLane(client, server, faults.toServer, counts.toServer),
          layLane(server, client, faults.toClient, counts.toClient),
        ],
      };
      count++;
      connections.add(connection);
      for (const socket of connection.sockets) {
        socket.once('close', () => {
          if (connection.sockets.every(({ destroyed }) => destroyed)) forget(connection);
        });
      }
    },
    endAll() {
      for (const connection of connections) end(connection);
    },
    heal() {
      for (const connection of connections) {
        if (connection.lanes.some((lane) => lane.hasGap())) end(connection);
        else for (const lane of connection.lanes) lane.flush();
      }
    },
    count: () => count,
    countOpen: () => connections.size,
  };
}
