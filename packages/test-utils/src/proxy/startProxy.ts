import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createConnections } from './connections.ts';
import type { LaneCounts, LaneFaults } from './lane.ts';
import { looksLikeUpgrade, onFirstBytes, type UpgradeRefusal, withholdUpgrade } from './upgrades.ts';

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
   * Ends all faults (also of upgrades, for new connections) and delivers delayed bytes at once. Ends every connection of which something was dropped, because
   * TCP never delivers a stream with a gap.
   */
  heal(): void;
  /** From now on, keeps new connections that ask for a WebSocket from the server: refuses them, or leaves them unanswered. */
  withholdUpgrades(manner: UpgradeRefusal): void;
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
  let refusal: UpgradeRefusal | undefined;
  /** Connections that have not reached the server, since they ask for a WebSocket or for nothing yet */
  const withheld = new Set<Socket>();

  // Half-open sockets are allowed, because an end in one direction must not end the other direction.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (isCut) {
      client.on('error', () => {});
      client.destroy();
    } else if (refusal === undefined) {
      connections.open(client, target);
    } else {
      const manner = refusal;
      withheld.add(client);
      client.once('close', () => withheld.delete(client));
      onFirstBytes(client, (first) => {
        if (looksLikeUpgrade(first)) return withholdUpgrade(client, manner);
        withheld.delete(client);
        connections.open(client, target);
      });
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
      refusal = undefined;
      Object.assign(faults.toServer, noFaults());
      Object.assign(faults.toClient, noFaults());
      connections.heal();
    },
    withholdUpgrades(manner) {
      refusal = manner;
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
      for (const client of withheld) client.destroy();
      await closed;
    },
  };
}

const noFaults = (): LaneFaults => ({ isDropping: false, delayMs: 0 });
const noBytes = (): LaneCounts => ({ bytes: 0, droppedBytes: 0 });
