/** Follows the change log for the sessions themselves: their leases, and users who are disconnected or sign out. */
import type { SessionLeases } from '../locks/leases/sessionLeases.ts';
import type { Follower } from './follower.ts';

export function createSessionFollower({
  sessionLeases,
  disconnect,
  disconnectSession,
}: {
  sessionLeases: Pick<SessionLeases, 'noteEnded' | 'noteSessionEnded' | 'noteTransferred' | 'renewAll'>;
  disconnect(actorId: string): Promise<void>;
  disconnectSession(sessionId: string): void;
}): Follower {
  return {
    apply(entries) {
      for (const entry of entries) {
        if (entry.kind === 'released')
          sessionLeases.noteEnded({ leaseId: entry.leaseId, reason: entry.reason });
        if (entry.kind === 'transferred')
          sessionLeases.noteTransferred(entry.leaseId, entry.holder.type === 'task');
        if (entry.kind === 'permissions' && entry.disconnects && entry.actorId !== undefined)
          void disconnect(entry.actorId);
        if (entry.kind === 'session') {
          sessionLeases.noteSessionEnded(entry.sessionId);
          disconnectSession(entry.sessionId);
        }
      }
    },
    reload: () => sessionLeases.renewAll(),
  };
}
