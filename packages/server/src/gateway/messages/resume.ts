/** `resume`: a lease of this user on a new connection, after a reload or a reconnect. It may still wait. */
import { requireAcquire } from '../../requireAcquire.ts';
import type { ReleaseRequests } from '../releaseRequests.ts';
import type { Handler } from './handler.ts';
import type { LeaseRequestParts } from './leaseRequests.ts';

export const createResume = ({
  sessionLeases,
  permissions,
  ensureSession,
  tasks,
  releaseRequests,
  idleSessions,
}: Omit<LeaseRequestParts, 'limits'> & {
  releaseRequests: Pick<ReleaseRequests, 'deliver'>;
}): Handler<'resume'> => ({
  async handle(session, { nextSecret, idleMs, ...leaseSecret }) {
    const { actor } = session;
    const covered = await sessionLeases.getRecords(leaseSecret.leaseId, actor.id);
    await requireAcquire(permissions, session, covered);
    await ensureSession(session);
    idleSessions.noteActivity(session, idleMs);
    const resumed = await sessionLeases.resume(session, leaseSecret, {
      actorId: actor.id,
      nextSecret,
      describe: (conflicts) => tasks.describeConflicts(conflicts, { visibleTo: actor }),
    });
    if (resumed.kind === 'acquired') {
      // Nobody waits for it: the requests follow the answer.
      void releaseRequests.deliver(leaseSecret.leaseId);
      return { lease: resumed.lease, records: resumed.records };
    }
    const { waiting, records, conflicts } = resumed;
    return { waiting, records, conflicts: [...conflicts] };
  },
});
