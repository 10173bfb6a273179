/**
 * Ends connections that are half open, so that the leases of their sessions end too. Socket.IO's own ping finds them after
 * 45 s only.
 *
 * The questions of a client are no measure: a hidden page asks once a minute, and a page with an open dialog not at all. A
 * ping of the WebSocket protocol is answered by the network code of the browser, whatever the page does. A connection
 * without a WebSocket is left to Socket.IO.
 */
import type { EngineConnection } from './connectionBounds.ts';

export const LOOK_INTERVAL_MS = 2_000;
/** With the disconnect grace of 5 s it is no less than the 15 s for which a page may show its lease as held */
const SILENCE_LIMIT_MS = 10_000;

/** The part of `ws` that is used. Other implementations may lack it. */
interface PingableSocket {
  ping(): void;
  on(event: 'message' | 'pong', listener: () => void): void;
}

interface Silence {
  /** The WebSocket that is listened to. It changes when Socket.IO upgrades a connection */
  socket: PingableSocket;
  wasHeard: boolean;
  silentMs: number;
}

/** A look that comes late counts as two: this process was busy, and what the client sent lies unread. Pure. */
export function countSilence(silence: Pick<Silence, 'wasHeard' | 'silentMs'>, sinceLookMs: number): number {
  return silence.wasHeard ? 0 : silence.silentMs + Math.min(sinceLookMs, 2 * LOOK_INTERVAL_MS);
}

export interface SilentConnections {
  /** Looks at the connections whose sessions hold leases. Returns those that are lost. */
  look<C extends EngineConnection>(holding: Iterable<C>, nowMs: number): C[];
}

export function createSilentConnections(): SilentConnections {
  const silences = new WeakMap<EngineConnection, Silence>();
  let lookedAtMs: number | undefined;

  function listenTo(connection: EngineConnection, socket: PingableSocket): Silence {
    const silence: Silence = { socket, wasHeard: true, silentMs: 0 };
    const noteHeard = () => {
      silence.wasHeard = true;
    };
    socket.on('message', noteHeard);
    socket.on('pong', noteHeard);
    silences.set(connection, silence);
    return silence;
  }

  function isLost(connection: EngineConnection, sinceLookMs: number): boolean {
    const { socket } = connection.transport;
    if (!isPingable(socket)) return false;
    const known = silences.get(connection);
    const silence = known?.socket === socket ? known : listenTo(connection, socket);
    silence.silentMs = countSilence(silence, sinceLookMs);
    silence.wasHeard = false;
    if (silence.silentMs >= SILENCE_LIMIT_MS) return true;
    if (silence.silentMs > 0) socket.ping();
    return false;
  }

  return {
    look(holding, nowMs) {
      const sinceLookMs = nowMs - (lookedAtMs ?? nowMs);
      lookedAtMs = nowMs;
      return [...holding].filter((connection) => isLost(connection, sinceLookMs));
    },
  };
}

const isPingable = (socket: unknown): socket is PingableSocket =>
  typeof (socket as Partial<PingableSocket> | undefined)?.ping === 'function';
