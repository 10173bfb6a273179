/** `endSession`: the user of the tab signs out. The connection ends after the answer. */
import { endSessionLeases } from '../../locks/leases/endSessionLeases.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { EndSession } from '../../sessions/endSession.ts';
import type { Handler } from './handler.ts';

export const createEndSessionHandler = ({
  endSession,
  registry,
}: {
  endSession: EndSession;
  registry: LockRegistry;
}): Handler<'endSession'> => ({
  handle: (session) =>
    session.inOrder(async () => {
      session.isSigningOut = true;
      // The leases of a client without a session of its own belong to its connection.
      if (session.sessionSecret) await endSession(session.sessionSecret);
      else await endSessionLeases(registry, { actorId: session.actor.id, sessionId: session.id });
      return {};
    }),
  afterAnswer({ socket }) {
    socket.disconnect(true);
  },
});
