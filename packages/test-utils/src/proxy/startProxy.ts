import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Lane, type LaneCounts, type LaneFaults, layLane } from './lane.ts';

export interface ProxyCounts {
  /** Connections since the start, those that were refused during a cut not among them. */
  connections: number;
  /** Connections of which at least one end is open. */
  openConnections: number;
  toServer: LaneCounts;
  toClient: LaneCounts;
}

export interface TestProxy {
  /** The port on 127.0.0.1 on which it listens. The same until `close`. */
  readonly port: number;
  /**
   * From now on the proxy drops the bytes of clients, their ends and resets included, and keeps connections open. The
   * server still believes in them. Bytes that are under way already (see `delay`) still arrive.
   */
  dropToServer(): void;
  /** The same for what the server sends: it does what it is asked, and nobody hears of it. */
  dropToClient(): void;
  /**
   * How long everything is under way that arrives from now on, in ms; a direction that is not named keeps its delay.
   * Order is kept. `Infinity` holds everything until `heal`, which then delivers it, as TCP does after a short outage.
   */
  delay(delays: { toServerMs?: number; toClientMs?: number }): void;
  /** Ends all connections, and each new one at once, until `heal`. */
  cut(): void;
  /**
   * Ends all faults. Delayed and held bytes are delivered at once. A connection of which something has vanished is
   * ended, since a stream with a gap in it is nothing that TCP would ever deliver.
   */
  heal(): void;
  /** From now on, new connections go to this port of 127.0.0.1 (the server's successor); old ones stay as they are. */
  retarget(targetPort: number): void;
  counts(): ProxyCounts;
  /** Ends all connections, whatever is held in them, and listens no longer. */
  close(): Promise<void>;
}

interface Connection {
  sockets: readonly [client: Socket, server: Socket];
  lanes: readonly Lane[];
}

/** A TCP proxy on a free port of 127.0.0.1 before a server on the same host, which makes the network fail at will. */
export async function startProxy(targetPort: number): Promise<TestProxy> {
  const faults = { toServer: noFaults(), toClient: noFaults() };
  const counts = { toServer: nothing(), toClient: nothing() };
  const connections = new Set<Connection>();
  let target = targetPort;
  let isCut = false;
  let connectionCount = 0;

  // Half open is allowed: an end in one direction must not become one in the other.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (isCut) {
      client.on('error', () => {});
      client.destroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    const connection: Connection = {
      sockets: [client, server],
      lanes: [
        layLane(client, server, faults.toServer, counts.toServer),
        layLane(server, client, faults.toClient, counts.toClient),
      ],
    };
    connectionCount++;
    connections.add(connection);
    for (const socket of connection.sockets) {
      socket.once('close', () => {
        if (connection.sockets.every(({ destroyed }) => destroyed)) forget(connection);
      });
    }
  });

  const forget = (connection: Connection) => {
    for (const lane of connection.lanes) lane.clear();
    connections.delete(connection);
  };
  const end = (connection: Connection) => {
    forget(connection);
    for (const socket of connection.sockets) socket.destroy();
  };
  const endAll = () => {
    for (const connection of connections) end(connection);
  };

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (listener.address() as AddressInfo).port,
    dropToServer() {
      faults.toServer.isDropping = true;
    },
    dropToClient() {
      faults.toClient.isDropping = true;
    },
    delay({ toServerMs = faults.toServer.delayMs, toClientMs = faults.toClient.delayMs }) {
      faults.toServer.delayMs = toServerMs;
      faults.toClient.delayMs = toClientMs;
    },
    cut() {
      isCut = true;
      endAll();
    },
    heal() {
      isCut = false;
      Object.assign(faults.toServer, noFaults());
      Object.assign(faults.toClient, noFaults());
      for (const connection of connections) {
        if (connection.lanes.some((lane) => lane.hasGap())) end(connection);
        else for (const lane of connection.lanes) lane.flush();
      }
    },
    retarget(port) {
      target = port;
    },
    counts: () => ({
      connections: connectionCount,
      openConnections: connections.size,
      toServer: { ...counts.toServer },
      toClient: { ...counts.toClient },
    }),
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      endAll();
      await closed;
    },
  };
}

const noFaults = (): LaneFaults => ({ isDropping: false, delayMs: 0 });
const nothing = (): LaneCounts => ({ bytes: 0, droppedBytes: 0 });
