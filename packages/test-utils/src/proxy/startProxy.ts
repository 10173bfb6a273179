import { type AddressInfo, createServer } from 'node:net';
import { createConnections } from './connections.ts';
import type { LaneCounts, LaneFaults } from './lane.ts';

export interface ProxyCounts {
  /** Connections since the start, without those that a cut refused. */
  connections: number;
  /** Connections of which at least one end is open. */
  openConnections: number;
  toServer: LaneCounts;
  toClient: LaneCounts;
}

export interface TestProxy {
  /** The port of 127.0.0.1 on which the proxy listens. The same until `close`. */
  readonly port: number;
  /**
   * From now on, drops everything that clients send, including FIN and reset. Connections stay open: the server does not
   * notice. Bytes that are already travelling (see `delay`) still arrive.
   */
  dropToServer(): void;
  /** From now on, drops everything that the server sends. The server still receives and executes requests. */
  dropToClient(): void;
  /**
   * Delays everything that arrives from now on, in ms. A direction that is not named keeps its delay. Bytes keep their
   * order. `Infinity` keeps everything until `heal` delivers it, as TCP does after a short outage.
   */
  delay(delays: { toServerMs?: number; toClientMs?: number }): void;
  /** Ends all connections, and each new one at once, until `heal`. */
  cut(): void;
  /**
   * Ends all faults and delivers delayed bytes at once. Ends every connection of which something was dropped, because
   * TCP never delivers a stream with a gap.
   */
  heal(): void;
  /** Sends new connections to this port of 127.0.0.1, to the server's successor. Old ones do not change. */
  retarget(targetPort: number): void;
  counts(): ProxyCounts;
  /** Ends all connections with their delayed bytes, and stops listening. */
  close(): Promise<void>;
}

/** Starts a TCP proxy on a free port of 127.0.0.1 in front of a local server. Tests use it to make the network fail. */
export async function startProxy(targetPort: number): Promise<TestProxy> {
  const faults = { toServer: noFaults(), toClient: noFaults() };
  const counts = { toServer: noBytes(), toClient: noBytes() };
  const connections = createConnections(faults, counts);
  let target = targetPort;
  let isCut = false;

  // Half-open sockets are allowed, because an end in one direction must not end the other direction.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (isCut) {
      client.on('error', () => {});
      client.destroy();
    } else {
      connections.open(client, target);
    }
  });
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
      connections.endAll();
    },
    heal() {
      isCut = false;
      Object.assign(faults.toServer, noFaults());
      Object.assign(faults.toClient, noFaults());
      connections.heal();
    },
    retarget(port) {
      target = port;
    },
    counts: () => ({
      connections: connections.count(),
      openConnections: connections.countOpen(),
      toServer: { ...counts.toServer },
      toClient: { ...counts.toClient },
    }),
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      connections.endAll();
      await closed;
    },
  };
}

const noFaults = (): LaneFaults => ({ isDropping: false, delayMs: 0 });
const noBytes = (): LaneCounts => ({ bytes: 0, droppedBytes: 0 });
