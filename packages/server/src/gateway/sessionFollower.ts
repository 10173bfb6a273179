/** Follows the change log for the sessions themselves: their leases, and users who are disconnected, sign out, or have other permissions. */
import type { LeaseId } from '@rowlock/protocol';
import type { LogEntry } from '../changeLog/entry.ts';
import type { SessionLeases } from '../locks/leases/sessionLeases.ts';
import { unpackChunk } from '../locks/registry/coverage.ts';
import type { Follower } from './follower.ts';

export function createSessionFollower({
  sessionLeases,
  disconnect,
  disconnectSession,
  refresh,
}: {
  sessionLeases: Pick<
    SessionLeases,
    'noteEnded' | 'noteRecords' | 'noteSessionEnded' | 'noteTransferred' | 'renewAll' | 'renewWaiting'
  >;
  disconnect(actorId: string): Promise<void>;
  disconnectSession(sessionId: string): void;
  refresh(actorId?: string): void;
}): Follower {
  /** Those that the log has reported. The periodic renewals find what moves the others. */
  const waiting = new Set<LeaseId>();

  /** Answers whether the wait list has moved. */
  function apply(entry: LogEntry): boolean {
    switch (entry.kind) {
      case 'waiting':
        waiting.add(entry.lease.id);
        return false;
      case 'acquired':
        return waiting.delete(entry.lease.id);
      case 'released': {
        const { leaseId, reason, by, why } = entry;
        sessionLeases.noteEnded({ leaseId, reason, ...(by && { by }), ...(why !== undefined && { why }) });
        return waiting.delete(leaseId);
      }
      case 'extended':
        sessionLeases.noteRecords(entry.lease.id, () => ({ added: unpackChunk(entry.chunk) }));
        return false;
      case 'freed':
        sessionLeases.noteRecords(entry.leaseId, () => ({ released: unpackChunk(entry.chunk) }));
        return false;
      case 'transferred':
        sessionLeases.noteTransferred(entry.leaseId, entry.holder.type === 'task');
        return false;
      case 'permissions':
        if (entry.disconnects && entry.actorId !== undefined) void disconnect(entry.actorId);
        else refresh(entry.actorId);
        return false;
      case 'session':
        sessionLeases.noteSessionEnded(entry.sessionId);
        disconnectSession(entry.sessionId);
        return false;
      default:
        return false;
    }
  }

  return {
    apply(entries) {
      const haveMoved = entries.map(apply);
      if (haveMoved.includes(true)) sessionLeases.renewWaiting();
    },
    async reload() {
      waiting.clear();
      await sessionLeases.renewAll();
    },
  };
}
