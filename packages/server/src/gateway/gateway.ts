/** The Socket.IO end of a server process: connections on `/rowlock`, authenticated, each a tab that watches and holds. */
import type { Server as HttpServer } from 'node:http';
import {
  type Actor,
  CHANNEL_NAMESPACE,
  type Limits,
  PROTOCOL_VERSION,
  type ServerEvents,
} from '@rowlock/protocol';
import { type DefaultEventsMap, Server, type ServerOptions } from 'socket.io';
import type { Clock } from '../clock.ts';
import { RowlockError } from '../errors.ts';
import type { LogEntry, ProgressEntry } from '../log/entry.ts';
import type { Permissions } from '../permissions.ts';
import type { LiveView } from './liveView.ts';
import { answerMessages, type MessageDeps } from './messages.ts';
import { type RowlockSocket, TabSession } from './tabSession.ts';

export type RowlockServer = Server<DefaultEventsMap, ServerEvents, DefaultEventsMap, { actor: Actor }>;

export interface Gateway {
  /** Serves `/rowlock` on an HTTP server, or on a Socket.IO server that the application has already. */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  apply(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): Promise<void>;
  /** Redis has gone: tells every tab that nothing is certain. */
  lost(): void;
  /** Redis is there: loads everything anew, tells the differences, then that it is certain again. */
  reload(): Promise<void>;
  /** Tabs that are connected now */
  socketCount(): number;
  close(): Promise<void>;
}

export function createGateway(
  deps: MessageDeps & { view: LiveView<TabSession>; permissions: Permissions; limits: Limits; clock: Clock },
): Gateway {
  const { view, permissions, limits, clock, logger, watching, tabLeases } = deps;
  const tabs = new Set<TabSession>();
  const own: Server[] = [];
  let isCertain = false;

  const setCertain = (certain: boolean) => {
    if (isCertain === certain) return;
    isCertain = certain;
    for (const tab of tabs) tab.noteCertainty(certain);
  };

  async function authenticate(socket: RowlockSocket, next: (error?: Error) => void): Promise<void> {
    try {
      const { headers, auth } = socket.handshake;
      socket.data.actor = await permissions.authenticate({ headers, auth });
      next();
    } catch (error) {
      const known = error instanceof RowlockError ? error : undefined;
      if (known) logger.info(`a connection from ${socket.handshake.address} was refused: ${known.message}`);
      else logger.error('authenticate failed, so a connection was refused', error);
      const body = known?.toBody() ?? {
        code: 'internal',
        message: 'Who you are could not be checked. Try again in a moment.',
      };
      next(Object.assign(new Error(body.message), { data: body }));
    }
  }

  function welcome(socket: RowlockSocket): void {
    const tab = new TabSession(socket, socket.data.actor as Actor, view, clock, limits.messagesPer10s);
    tabs.add(tab);
    answerMessages(tab, deps);
    // Where a packet cannot be decoded, Socket.IO says `error` and closes. A tab may also send an event of that name.
    let wasUndecodable = false;
    socket.on('error', () => {
      wasUndecodable = true;
    });
    socket.on('disconnect', (reason, description) => {
      tabs.delete(tab);
      tab.close();
      watching.forget(tab);
      tabLeases.tabAway(tab);
      const isMalformed = reason === 'parse error' || (reason === 'forced close' && wasUndecodable);
      if (isMalformed || isProtocolViolation(description)) {
        logger.warn(
          `the connection of ${tab.actor.id} was ended: what it sent was malformed, or larger than ${limits.messageBytes} bytes`,
        );
      }
    });
    socket.emit('hello', {
      protocol: PROTOCOL_VERSION,
      actor: tab.actor,
      sessionId: socket.id,
      limits,
      certain: isCertain,
    });
  }

  return {
    attach(server, options = {}) {
      let io: Server;
      if (server instanceof Server) io = server;
      else {
        io = new Server(server, { serveClient: false, maxHttpBufferSize: limits.messageBytes, ...options });
        own.push(io);
      }
      const namespace = (io as unknown as RowlockServer).of(CHANNEL_NAMESPACE);
      namespace.use((socket, next) => void authenticate(socket as RowlockSocket, next));
      namespace.on('connection', (socket) => welcome(socket as RowlockSocket));
    },

    apply: (entries, progress) => {
      for (const entry of entries) {
        if (entry.kind === 'released') tabLeases.noteEnded({ leaseId: entry.leaseId, reason: entry.reason });
        if (entry.kind === 'transferred')
          tabLeases.noteTransferred(entry.leaseId, entry.holder.type === 'task');
      }
      return watching.apply(entries, progress);
    },

    lost: () => setCertain(false),

    async reload() {
      // Also if Redis never went: entries that are gone unread may tell of anything. A tab asks again after that.
      setCertain(false);
      await watching.reload();
      tabLeases.renewAll();
      setCertain(true);
    },

    socketCount: () => tabs.size,

    async close() {
      tabLeases.close();
      for (const tab of tabs) tab.socket.disconnect(true);
      await Promise.all(own.map((io) => io.close()));
    },
  };
}

/** A frame that the WebSocket library refused, as against a network that merely failed. It says so in words alone. */
const isProtocolViolation = (cause: unknown): boolean =>
  cause instanceof Error && /Max payload size exceeded|Invalid WebSocket frame/.test(cause.message);
