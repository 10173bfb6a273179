/** The sessions that are connected to this process. */
import { type Actor, type IdleRule, type Limits, PROTOCOL_VERSION } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Permissions } from '../permissions.ts';
import { onMalformedEnd } from './connections/malformedEnd.ts';
import type { RowlockSocket } from './connections/rowlockSocket.ts';
import type { AnswerMessages } from './messages/answerMessages.ts';
import { Session, type SessionParts } from './session/session.ts';
import { SessionsByUser } from './sessionsByUser.ts';

export interface ConnectedSessions {
  /** Opens a session on a connection. It lasts until the connection ends. */
  open(socket: RowlockSocket, actor: Actor): void;
  list(): Session[];
  /** Asked at every handshake, so it does not visit the sessions of others */
  listOf(actorId: string): readonly Session[];
  count(): number;
  /** Ends the connections of a session whose user has signed out, except one that does so itself. */
  end(sessionId: string): void;
}

export function createConnectedSessions({
  limits,
  permissions,
  clock,
  logger,
  answerMessages,
  isCertain,
  onOpened,
  onClosed,
  idleRule,
  ...views
}: Pick<SessionParts, 'watched' | 'watchedResources' | 'watchedViewers'> & {
  idleRule?: IdleRule;
  limits: Limits;
  permissions: Pick<Permissions, 'mayWatch' | 'expiryOf' | 'redaction'>;
  clock: Clock;
  logger: Logger;
  answerMessages: AnswerMessages;
  /** Whether the views that this gateway sends are certain now */
  isCertain(): boolean;
  onOpened(session: Session): void;
  onClosed(session: Session): void;
}): ConnectedSessions {
  const sessions = new SessionsByUser<Session>();

  function noteFailedAuthorize(session: Session, error: unknown): void {
    if (!session.isFirst('authorize failed')) return;
    logger.error(
      `authorize failed for a task that ${session.actor.id} watches; it is asked again until it answers (said once)`,
      error,
    );
  }

  return {
    open(socket, actor) {
      const session = new Session(socket, actor, {
        ...views,
        clock,
        messagesPer10s: limits.messagesPer10s,
        mayWatch: permissions.mayWatch,
        redaction: permissions.redaction,
        onAuthorizeFailed: noteFailedAuthorize,
      });
      session.noteExpiry(permissions.expiryOf(actor));
      sessions.add(session);
      answerMessages(session);
      onOpened(session);
      socket.on('disconnect', () => {
        sessions.remove(session);
        session.close();
        onClosed(session);
      });
      onMalformedEnd(socket, () =>
        logger.warn(
          `the connection of ${actor.id} was ended: what it sent was malformed, or larger than ${limits.messageBytes} bytes`,
        ),
      );
      socket.emit('hello', {
        protocol: PROTOCOL_VERSION,
        actor,
        sessionId: session.id,
        limits,
        ...(idleRule && { idle: idleRule }),
        certain: isCertain(),
        now: Date.now(),
      });
    },

    list: () => sessions.all(),
    listOf: (actorId) => sessions.of(actorId),
    count: () => sessions.size,
    end(sessionId) {
      for (const { id, isSigningOut, socket } of sessions.all()) {
        if (id === sessionId && !isSigningOut) socket.disconnect(true);
      }
    },
  };
}
