/** `acquire`: a lease for this session on all of the records, on the free ones, or a position in the wait list. */
import type { ClientAnswers } from '@rowlock/protocol';
import type { SessionAcquired } from '../../locks/leases/sessionLeaseTypes.ts';
import type { Handler } from './handler.ts';
import { createMayAsk, type LeaseRequestParts, type MayAsk } from './leaseRequests.ts';

export function createAcquire(parts: LeaseRequestParts): Handler<'acquire'> {
  const { sessionLeases, idleSessions, tasks, limits } = parts;
  const mayAsk: MayAsk = createMayAsk(parts);

  return {
    mostRecords: limits.acquiredRecords,
    handle: (session, { records, mode, scope, label, onConflict, moves }) =>
      session.inOrder(async () => {
        await mayAsk(session, { records, scope });
        if (moves) idleSessions.noteActivity(session);
        const acquired = await sessionLeases.acquire(session, {
          holder: session.asHolder(label),
          records,
          mode,
          scope,
          onConflict,
          moves,
          describe: (conflicts) => tasks.describeConflicts(conflicts, { visibleTo: session.actor }),
        });
        return toAnswer(acquired, onConflict === 'skip');
      }),
  };
}

function toAnswer(acquired: SessionAcquired, isPartial: boolean): ClientAnswers['acquire'] {
  const conflicts = [...acquired.conflicts];
  if (acquired.kind === 'waiting') return { waiting: acquired.waiting, conflicts };
  const { lease, records } = acquired;
  return isPartial ? { lease, records: [...records], conflicts } : { lease };
}
