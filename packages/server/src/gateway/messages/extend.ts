/** `extend`: further records under a lease of this user. */
import { RowlockError } from '../../errors.ts';
import { requireAcquire } from '../../requireAcquire.ts';
import type { Handler } from './handler.ts';
import type { LeaseRequestParts } from './leaseRequests.ts';

export const createExtend = ({
  sessionLeases,
  permissions,
  tasks,
  limits,
}: Omit<LeaseRequestParts, 'ensureSession'>): Handler<'extend'> => ({
  mostRecords: limits.acquiredRecords,
  handle: (session, { records, onConflict, ...leaseSecret }) =>
    session.inOrder(async () => {
      const { actor } = session;
      const covered = await sessionLeases.getRecords(leaseSecret.leaseId, actor.id);
      const count = new Set([...covered.records, ...records]).size;
      if (count > limits.acquiredRecords) {
        throw new RowlockError(
          'too_many_records',
          `The lease would cover ${count} records; a lease of a tab may cover at most ${limits.acquiredRecords}. Nothing was ` +
            'added. Launch a task for work on more.',
        );
      }
      await requireAcquire(permissions, session, { records, scope: covered.scope });
      const extended = await sessionLeases.extend(leaseSecret, { records, onConflict });
      const { lease } = extended;
      const answer = { lease, records: [...extended.records] };
      if (onConflict === 'refuse') return answer;
      const conflicts = await tasks.describeConflicts(extended.conflicts, { visibleTo: actor });
      return { ...answer, conflicts };
    }),
});
