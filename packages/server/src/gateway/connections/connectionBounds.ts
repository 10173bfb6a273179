/**
 * The limits of one connection: how much it sends, and how much it leaves unread.
 *
 * A client that asks too often is refused (`rate_limited`). If it continues nevertheless, its connection ends,
 * because each message still costs parsing and an answer. Packets are counted on arrival, before parsing and before
 * authentication. On the application's own Socket.IO server, packets of other namespaces do not count.
 */
import type { IncomingMessage } from 'node:http';
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { createRateLimit } from '../rateLimit.ts';
import type { RowlockSocket } from './rowlockSocket.ts';

/** The used part of Engine.IO's connection. Engine.IO documents neither the buffer nor the transport's socket. */
export interface EngineConnection {
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed';
  readonly writeBuffer: readonly { data?: string | Uint8Array }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number; terminate?(): void } };
  on(event: 'data', listener: (packet: string | Uint8Array) => void): void;
  on(event: 'close', listener: () => void): void;
  close(discard: boolean): void;
}

/** The connection below a socket. */
export const engineOf = ({ conn }: RowlockSocket): EngineConnection => conn as unknown as EngineConnection;

/** A connection as Engine.IO reports it. */
export type NewConnection = EngineConnection & { request: IncomingMessage; remoteAddress: string };

export interface InflowLimits {
  packetsPer10s: number;
  bytesPer10s: number;
}

/** A socket with more waiting packets or bytes counts as slow. */
const SLOW_BUFFER_PACKETS = 8;
const SLOW_BYTES = 262_144;
/** How long the other side has to answer the end of a connection. */
const LINGER_MS = 5_000;

/** A packet names its namespace after its type and the number of its attachments. */
const NAMESPACE_WITHIN = CHANNEL_NAMESPACE.length + 8;

const isForUs = (packet: string): boolean => packet.slice(0, NAMESPACE_WITHIN).includes(CHANNEL_NAMESPACE);

type OnPacket = (packet: string | Uint8Array) => void;

interface Listeners {
  data: Set<OnPacket>;
  close: Set<() => void>;
}

/** One listener for each event on a connection, whatever the number of tenants that bound it. */
const listening = new WeakMap<EngineConnection, Listeners>();

function listenersOf(connection: EngineConnection): Listeners {
  const known = listening.get(connection);
  if (known) return known;
  const listeners: Listeners = { data: new Set(), close: new Set() };
  listening.set(connection, listeners);
  connection.on('data', (packet) => {
    for (const each of [...listeners.data]) each(packet);
  });
  connection.on('close', () => {
    for (const each of [...listeners.close]) each();
  });
  return listeners;
}

/** Calls `listener` when the connection has closed. The returned function forgets it. */
export function onClose(connection: EngineConnection, listener: () => void): () => void {
  const { close } = listenersOf(connection);
  close.add(listener);
  return () => close.delete(listener);
}

/**
 * Calls `onFlood` once, when more has arrived than the limits allow. The returned function removes the limits.
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
  const { data } = listenersOf(connection);
  const onPacket: OnPacket = (packet) => {
    // Attachments follow the packet that they belong to.
    if (limits.isShared && typeof packet === 'string') isOurs = isForUs(packet);
    if (isFlooded || !isOurs) return;
    if (allowPackets() && allowBytes(packet.length)) return;
    isFlooded = true;
    onFlood();
  };
  data.add(onPacket);
  return () => data.delete(onPacket);
}

/** The bytes that were sent on the connection and wait in this process to be read. */
export function unreadBytes({ writeBuffer, transport }: EngineConnection): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}

/** Whether the client reads more slowly than it is sent to. */
export const isSlow = (connection: EngineConnection): boolean =>
  connection.writeBuffer.length > SLOW_BUFFER_PACKETS || unreadBytes(connection) > SLOW_BYTES;

/**
 * A WebSocket that was closed waits 30 s until the other side closes it, too, and parses all that still arrives. A connection that
 * does not answer in time is cut.
 */
export function cutAfterClose(connection: EngineConnection, clock: Clock): void {
  onClose(connection, () => {
    const { socket } = connection.transport;
    if (socket) clock.after(LINGER_MS, () => socket.terminate?.());
  });
}

/** Ends it at once. Unread data is discarded. */
export function endConnection(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  socket?.terminate?.();
}
