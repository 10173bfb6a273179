/**
 * The Socket.IO end of a server process. Each authenticated connection on `/rowlock` is a session that watches and
 * holds.
 */

import type { Server as HttpServer } from 'node:http';
import type { IdleRule, Limits } from '@rowlock/protocol';
import type { Server, ServerOptions } from 'socket.io';
import type { LogConsumers } from '../changeLog/consumers.ts';
import type { Clock } from '../clock.ts';
import type { SessionLeases } from '../locks/leases/sessionLeases.ts';
import type { InternalRegistry } from '../locks/registry/lockRegistry.ts';
import type { ReleaseRequestStore } from '../locks/releaseRequests/releaseRequestStore.ts';
import type { Logger } from '../logger.ts';
import type { Origins } from '../origins.ts';
import type { Permissions } from '../permissions.ts';
import type { EndSession } from '../sessions/endSession.ts';
import type { EnsureSession } from '../sessions/openSessions.ts';
import type { UserTasks } from '../tasks/control/userTasks.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { type Certainty, createCertainty } from './certainty.ts';
import { type ConnectedSessions, createConnectedSessions } from './connectedSessions.ts';
import { type AddressOf, createAdmission } from './connections/admission.ts';
import { createAttachments } from './connections/attachments.ts';
import { endConnection, engineOf } from './connections/connectionBounds.ts';
import { createDismissals } from './connections/dismissals.ts';
import { drain } from './connections/drain.ts';
import { signedOut } from './connections/rowlockSocket.ts';
import { createSilentConnections, LOOK_INTERVAL_MS } from './connections/silentConnections.ts';
import { createTenant } from './connections/tenant.ts';
import type { Follower } from './follower.ts';
import { createIdleSessions, NO_IDLENESS } from './idleSessions.ts';
import { createAnswerMessages } from './messages/answerMessages.ts';
import { createKeyedRateLimit } from './rateLimit.ts';
import { createCheckUser } from './rechecks/checkUser.ts';
import { createRechecks } from './rechecks/rechecks.ts';
import { createReleaseRequests } from './releaseRequests.ts';
import type { Session } from './session/session.ts';
import { createSessionFollower } from './sessionFollower.ts';
import type { WatchedRecords } from './view/watchedRecords.ts';
import type { WatchedResources } from './view/watchedResources.ts';
import type { WatchedViewers } from './view/watchedViewers.ts';
import type { Watching } from './watching/watching.ts';

export interface Gateway {
  /**
   * Serves `/rowlock` on an HTTP server, or on a Socket.IO server that the application has already. Once more for the
   * same server does nothing. @throws if the HTTP server has a Socket.IO server that Rowlock did not make
   */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  /** Redis refuses writes, so nothing is certain, or accepts them again, and everything is loaded again. */
  noteWritable(isWritable: boolean): void;
  /** Asks again about a user in this process, or about everybody. */
  refresh(actorId?: string): void;
  /** Ends the connections of a user in this process, and the leases of their tabs. */
  disconnect(actorId: string): Promise<void>;
  /** Ends all connections, evenly over that time. Their leases stay for their TTL: another server serves the tabs. */
  drain(overMs: number): Promise<void>;
  /** Sessions that are connected now */
  socketCount(): number;
  close(): Promise<void>;
}

export interface GatewayParts {
  releaseRequestStore: ReleaseRequestStore;
  /** How long a holder may take to answer a release request, in ms */
  releaseRequestMs: number;
  namespace: string;
  watched: WatchedRecords<Session>;
  watchedResources: WatchedResources<Session>;
  watchedViewers: WatchedViewers<Session>;
  registry: InternalRegistry;
  watching: Watching;
  sessionLeases: SessionLeases;
  tasks: Tasks;
  userTasks: UserTasks;
  store: TaskStore;
  permissions: Permissions;
  ensureSession: EnsureSession;
  endSession: EndSession;
  /** Default: no lease ends because nobody is active */
  idleRule?: IdleRule;
  origins: Origins;
  limits: Limits;
  /** How long an answer about permissions counts */
  recheckMs: number;
  clock: Clock;
  logger: Logger;
  log: LogConsumers;
  addressOf?: AddressOf;
}

export function createGateway(parts: GatewayParts): Gateway {
  const { watching, sessionLeases, limits, clock, idleRule: rule } = parts;
  const idleSessions = rule ? createIdleSessions({ rule, clock, sessionLeases }) : NO_IDLENESS;
  const releaseRequests = createReleaseRequests({
    ...parts,
    store: parts.releaseRequestStore,
    limitMs: parts.releaseRequestMs,
    sessionsOf: (actorId) => sessions.listOf(actorId),
  });
  const messageRates = createKeyedRateLimit(limits.messagesPer10sOfUser, clock);
  const sessions = createConnectedSessions({
    ...parts,
    answerMessages: createAnswerMessages({ ...parts, releaseRequests, idleSessions, messageRates }),
    isCertain: () => certainty.isCertain(),
    onOpened: ({ actor }) => rechecks.noteConnected(actor.id),
    onClosed(session) {
      watching.forget(session);
      sessionLeases.noteDisconnected(session);
    },
  });
  const dismissals = createDismissals(clock);
  const admission = createAdmission({ ...parts, messageRates, sessions });
  const tenant = createTenant({ ...parts, admission, dismissals, serve: sessions.open });
  const attachments = createAttachments(tenant, { ...parts, messageBytes: limits.messageBytes });
  const stopLooking = endSilentConnections(parts, sessions);
  const rechecks = createRechecks({
    ...parts,
    listSessions: (actorId) => (actorId === undefined ? sessions.list() : sessions.listOf(actorId)),
    checkUser: createCheckUser(parts),
  });

  function disconnect(actorId: string): Promise<void> {
    dismissals.note(actorId);
    // The leases first: the end of a connection would start their disconnect grace.
    const ended = sessionLeases.endLeasesOf(actorId);
    for (const session of sessions.listOf(actorId)) session.end(signedOut());
    return ended;
  }

  /** In this order. Leases are renewed first, so that no row is shown as free while its holder resumes it. */
  const followers: Follower[] = [
    createSessionFollower({
      sessionLeases,
      disconnect,
      disconnectSession: sessions.end,
      refresh: rechecks.refresh,
    }),
    watching,
    releaseRequests,
  ];
  // The entries that a gap has hidden may have reported anything about users.
  const certainty: Certainty = followLog(parts, { followers, sessions, onLoaded: rechecks.recheckAll });

  return {
    attach: attachments.attach,
    noteWritable: certainty.noteWritable,
    refresh: rechecks.refresh,
    disconnect,
    drain(overMs) {
      attachments.leave();
      return drain(sessions.list(), { overMs, clock, end: (session) => handOver(session, sessionLeases) });
    },
    socketCount: sessions.count,
    async close() {
      stopLooking();
      rechecks.close();
      idleSessions.close();
      const closeServers = attachments.leave();
      sessionLeases.close();
      releaseRequests.close();
      for (const { socket } of sessions.list()) socket.disconnect(true);
      await watching.close();
      await closeServers();
    },
  };
}

/** Another server will serve the tab. */
function handOver(session: Session, sessionLeases: Pick<SessionLeases, 'handOver'>): void {
  sessionLeases.handOver(session);
  session.socket.disconnect(true);
}

/** Hands the change log to the followers. All is loaded again after a gap, and each session learns whether views are certain. */
function followLog(
  { clock, log }: Pick<GatewayParts, 'clock' | 'log'>,
  {
    followers,
    sessions,
    onLoaded,
  }: { followers: readonly Follower[]; sessions: ConnectedSessions; onLoaded(): void },
): Certainty {
  const certainty = createCertainty({
    clock,
    async load() {
      for (const follower of followers) await follower.reload();
    },
    onChange(isCertain) {
      for (const session of sessions.list()) session.noteCertainty(isCertain);
    },
    onLoaded,
  });
  log.register({
    name: 'gateway',
    phase: 'screens',
    async onEntries(entries, progress) {
      for (const follower of followers) await follower.apply(entries, progress);
    },
    onGap: certainty.reload,
    onLost: certainty.noteLost,
  });
  return certainty;
}

/** Frees the rows of pages that have gone without a word. Returns a function that stops it. */
function endSilentConnections(
  { sessionLeases, clock, logger }: Pick<GatewayParts, 'sessionLeases' | 'clock' | 'logger'>,
  sessions: ConnectedSessions,
): () => void {
  const silent = createSilentConnections();
  return clock.every(LOOK_INTERVAL_MS, () => {
    const holders = sessionLeases.listHolders();
    const holding = sessions.list().filter((session) => holders.has(session));
    const byConnection = new Map(holding.map((session) => [engineOf(session.socket), session]));
    for (const lost of silent.look(byConnection.keys(), clock.nowMs())) {
      logger.info(`a connection of ${byConnection.get(lost)?.actor.id} was ended: it is half open`);
      endConnection(lost);
    }
  });
}
