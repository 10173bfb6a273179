/**
 * What one connection may cost: how much it sends, and how much of what it was sent it leaves unread.
 *
 * A tab that asks too often is refused (`rate_limited`). One that goes on all the same is no tab of ours: each message still
 * costs its parsing and its answer, so the connection ends. It is measured where packets arrive, before anything is parsed and
 * before anybody is signed in. On the application's own Socket.IO server, packets of other namespaces are its own affair.
 */
import type { IncomingMessage } from 'node:http';
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { createRateLimit } from './rateLimit.ts';

/** As far as Engine.IO's connection is used here. It documents neither its buffer nor its transport's socket. */
export interface EngineConnection {
  readonly writeBuffer: readonly { data?: string | Uint8Array }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number; terminate?(): void } };
  on(event: 'data', listener: (packet: string | Uint8Array) => void): void;
  close(discard: boolean): void;
}

/** As Engine.IO tells of it. */
export type NewConnection = EngineConnection & { request: IncomingMessage; remoteAddress: string };

export interface InflowLimits {
  packetsPer10s: number;
  bytesPer10s: number;
}

/** Where a packet names its namespace: behind its type and the number of its attachments. */
const NAMESPACE_WITHIN = CHANNEL_NAMESPACE.length + 8;

const isForUs = (packet: string): boolean => packet.slice(0, NAMESPACE_WITHIN).includes(CHANNEL_NAMESPACE);

type OnPacket = (packet: string | Uint8Array) => void;
/** One listener on a connection, whatever the number of tenants that bound it. */
const listening = new WeakMap<EngineConnection, Set<OnPacket>>();

function listenTo(connection: EngineConnection, listener: OnPacket): () => void {
  let listeners = listening.get(connection);
  if (!listeners) {
    const all = new Set<OnPacket>();
    listening.set(connection, all);
    connection.on('data', (packet) => {
      for (const each of [...all]) each(packet);
    });
    listeners = all;
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Calls `onFlood` once, when more has arrived than the limits allow. The answer takes the limits off.
 * `isShared`: with the application's own namespaces
 */
export function boundInflow(
  connection: EngineConnection,
  limits: InflowLimits & { isShared: boolean },
  clock: Clock,
  onFlood: () => void,
): () => void {
  const allowPackets = createRateLimit(limits.packetsPer10s, clock);
  const allowBytes = createRateLimit(limits.bytesPer10s, clock);
  let isFlooded = false;
  let isOurs = true;
  return listenTo(connection, (packet) => {
    // Attachments follow the packet that they belong to.
    if (limits.isShared && typeof packet === 'string') isOurs = isForUs(packet);
    if (isFlooded || !isOurs) return;
    if (allowPackets() && allowBytes(packet.length)) return;
    isFlooded = true;
    onFlood();
  });
}

/** What has been sent on the connection and waits in this process to be read. */
export function unreadBytes({ writeBuffer, transport }: EngineConnection): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}

/** At once: nothing more is read from it, and what it has left unread is discarded. */
export function endConnection(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  socket?.terminate?.();
}
