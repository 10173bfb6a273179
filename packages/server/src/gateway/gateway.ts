/**
 * The Socket.IO end of a server process. Each authenticated connection on `/rowlock` is a session that watches and
 * holds.
 */
import type { Server as HttpServer } from 'node:http';
import { type Actor, PROTOCOL_VERSION } from '@rowlock/protocol';
import type { Server, ServerOptions } from 'socket.io';
import type { LogConsumers } from '../changeLog/consumers.ts';
import type { LogEntry } from '../changeLog/entry.ts';
import { RowlockError } from '../errors.ts';
import { notInvited, type Origins } from '../origins.ts';
import type { Permissions } from '../permissions.ts';
import { type AddressOf, createAdmission } from './connections/admission.ts';
import { asConnectError, channelOf, type Tenant } from './connections/channel.ts';
import { createDismissals } from './connections/dismissals.ts';
import type { RowlockSocket } from './connections/rowlockSocket.ts';
import { closeSocketServer, isSocketServer, socketServerOf } from './connections/socketServers.ts';
import { createFirstTimes } from './firstTimes.ts';
import { type AnswerMessagesParts, createAnswerMessages } from './messages/answerMessages.ts';
import { Session } from './session/session.ts';
import type { WatchedRecords } from './view/watchedRecords.ts';

const RELOAD_RETRY_MS = 500;
const RECHECKED_AT_ONCE = 50;

export interface Gateway {
  /**
   * Serves `/rowlock` on an HTTP server, or on a Socket.IO server that the application has already. Once more for the
   * same server does nothing. @throws if the HTTP server has a Socket.IO server that Rowlock did not make
   */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  /** Redis refuses writes, so nothing is certain, or accepts them again, and everything is loaded again. */
  noteWritable(isWritable: boolean): void;
  /** Ends the connections of a user in this process, and the leases of their tabs. */
  disconnect(actorId: string): Promise<void>;
  /** Sessions that are connected now */
  socketCount(): number;
  close(): Promise<void>;
}

export function createGateway(
  deps: AnswerMessagesParts & {
    namespace: string;
    watched: WatchedRecords<Session>;
    permissions: Permissions;
    origins: Origins;
    addressOf?: AddressOf;
    log: LogConsumers;
  },
): Gateway {
  const { namespace, watched, permissions, origins, limits, clock, logger, watching, sessionLeases } = deps;
  const answerMessages = createAnswerMessages(deps);
  const sessions = new Set<Session>();
  /** Each with the HTTP server that Rowlock made it for, if it did */
  const attached = new Map<Server, HttpServer | undefined>();
  const ownOptions = (options: Partial<ServerOptions>) => ({
    maxHttpBufferSize: limits.messageBytes,
    ...options,
  });
  const isFirst = createFirstTimes();
  const admission = createAdmission({
    ...deps,
    connectionsOf: (actor) => [...sessions].filter((session) => session.actor.id === actor.id).length,
  });
  const dismissals = createDismissals(clock);
  /** When the handshake of a connection began */
  const handshakesMs = new WeakMap<RowlockSocket, number>();
  let loads = 0;
  let isReading = false;
  let isWritable = true;
  let isCertain = false;

  const setCertain = (certain: boolean) => {
    if (isCertain === certain) return;
    isCertain = certain;
    for (const session of sessions) session.noteCertainty(certain);
  };

  /** Redis is there: loads everything again, sends the differences, then says that it is certain again. */
  async function reload(): Promise<void> {
    loads += 1;
    const load = loads;
    isReading = true;
    // Even if Redis was not away: trimmed entries may have reported anything. A client asks again after that.
    setCertain(false);
    // First, so that no row is shown as free while its holder resumes it.
    await sessionLeases.renewAll();
    await watching.reload();
    // A later load has begun, after a gap that this load does not include.
    if (load !== loads) return;
    setCertain(isReading && isWritable);
    void authenticateAgain();
  }

  /** Redis accepts writes again. */
  async function regain(): Promise<void> {
    if (!isReading || !isWritable || isCertain) return;
    await reload().catch(() => void clock.after(RELOAD_RETRY_MS, () => void regain()));
  }

  const tenant: Tenant = {
    namespace,
    origins,
    noteForeign(origin) {
      const cause = notInvited(origin);
      if (isFirst(cause)) logger.warn(`a connection was refused: ${cause} (said once)`);
    },
    meet: admission.meet,
    authenticate(socket) {
      handshakesMs.set(socket, clock.nowMs());
      return admission.admit(socket);
    },
    yieldConnection: admission.yieldConnection,
    refuse(socket, cause) {
      const address = admission.noteRefused(socket);
      if (cause instanceof RowlockError) {
        logger.info(`a connection from ${address} was refused: ${cause.message}`);
      } else logger.error('authenticate failed, so a connection was refused', cause);
      return asConnectError(cause);
    },
    welcome,
  };

  function welcome(socket: RowlockSocket, actor: Actor): void {
    if (dismissals.isSince(actor.id, handshakesMs.get(socket) ?? 0)) {
      socket.disconnect(true);
      return;
    }
    const session = new Session(socket, actor, {
      watched,
      clock,
      messagesPer10s: limits.messagesPer10s,
      mayWatch: permissions.mayWatch,
      onAuthorizeFailed: noteFailedAuthorize,
    });
    sessions.add(session);
    answerMessages(session);
    // If a packet cannot be decoded, Socket.IO emits `error` and closes. A client may also send an event of that name.
    let wasUndecodable = false;
    socket.on('error', () => {
      wasUndecodable = true;
    });
    socket.on('disconnect', (reason, description) => {
      sessions.delete(session);
      session.close();
      watching.forget(session);
      sessionLeases.noteDisconnected(session);
      const isMalformed = reason === 'parse error' || (reason === 'forced close' && wasUndecodable);
      if (isMalformed || isProtocolViolation(description)) {
        logger.warn(
          `the connection of ${session.actor.id} was ended: what it sent was malformed, or larger than ${limits.messageBytes} bytes`,
        );
      }
    });
    socket.emit('hello', {
      protocol: PROTOCOL_VERSION,
      actor: session.actor,
      sessionId: socket.id,
      limits,
      certain: isCertain,
      now: Date.now(),
    });
  }

  function noteFailedAuthorize(session: Session, error: unknown): void {
    if (!session.isFirst('authorize failed')) return;
    logger.error(
      `authorize failed for a task that ${session.actor.id} watches; it is asked again until it answers (said once)`,
      error,
    );
  }

  function disconnect(actorId: string): Promise<void> {
    dismissals.note(actorId);
    // The leases first: the end of a connection would start their disconnect grace.
    const ended = sessionLeases.endLeasesOf(actorId);
    for (const session of sessions) if (session.actor.id === actorId) session.socket.disconnect(true);
    return ended;
  }

  /**
   * Trimmed entries may have reported a disconnected user. So the credentials of each connection are checked again.
   * If that is not possible now, the connection stays.
   */
  async function authenticateAgain(): Promise<void> {
    const all = [...sessions];
    for (let i = 0; i < all.length; i += RECHECKED_AT_ONCE) {
      await Promise.all(all.slice(i, i + RECHECKED_AT_ONCE).map(recheck));
    }
  }

  async function recheck(session: Session): Promise<void> {
    try {
      const { headers, auth } = session.socket.handshake;
      const actor = await permissions.authenticate({ headers, auth });
      if (actor.id !== session.actor.id) session.socket.disconnect(true);
    } catch (error) {
      if (error instanceof RowlockError) session.socket.disconnect(true);
      else logger.warn(`the credentials of ${session.actor.id} could not be checked again`, error);
    }
  }

  function noteLeasesAndUsers(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'released')
        sessionLeases.noteEnded({ leaseId: entry.leaseId, reason: entry.reason });
      if (entry.kind === 'transferred')
        sessionLeases.noteTransferred(entry.leaseId, entry.holder.type === 'task');
      if (entry.kind === 'permissions' && entry.disconnects && entry.actorId !== undefined)
        void disconnect(entry.actorId);
    }
  }

  deps.log.register({
    name: 'gateway',
    phase: 'screens',
    onEntries(entries, progress) {
      noteLeasesAndUsers(entries);
      return watching.apply(entries, progress);
    },
    onGap: reload,
    onLost() {
      isReading = false;
      setCertain(false);
    },
  });

  return {
    attach(server, options = {}) {
      const io = isSocketServer(server) ? server : socketServerOf(server, ownOptions(options), logger);
      channelOf(io).join(tenant);
      attached.set(io, isSocketServer(server) ? undefined : server);
    },

    noteWritable(writable) {
      isWritable = writable;
      if (writable) void regain();
      else setCertain(false);
    },

    disconnect,

    socketCount: () => sessions.size,

    async close() {
      const left = [...attached].filter(([io]) => channelOf(io).leave(tenant) === 0);
      sessionLeases.close();
      for (const session of sessions) session.socket.disconnect(true);
      await Promise.all(left.map(([io, http]) => http && closeSocketServer(http, io)));
    },
  };
}

/** The WebSocket library refused a frame. Only its message distinguishes that from a failed network. */
const isProtocolViolation = (cause: unknown): boolean =>
  cause instanceof Error && /Max payload size exceeded|Invalid WebSocket frame/.test(cause.message);
