/** `acquire`: a lease for this session, on all of the records or on none. */
import type { Limits } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Permissions } from '../../permissions.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { Handler } from './handler.ts';

export function createAcquire({
  sessionLeases,
  permissions,
  ensureSession,
  limits,
}: {
  sessionLeases: Pick<SessionLeases, 'acquire' | 'getLeaseCount'>;
  permissions: Pick<Permissions, 'assertRecords' | 'require'>;
  ensureSession: EnsureSession;
  limits: Pick<Limits, 'acquiredRecords' | 'heldLeases'>;
}): Handler<'acquire'> {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return {
    mostRecords: limits.acquiredRecords,
    handle: (session, { records, mode, label, moves }) =>
      session.inOrder(async () => {
        const { actor, id } = session;
        assertRecords(records);
        if (sessionLeases.getLeaseCount(session) >= limits.heldLeases) {
          throw new RowlockError(
            'rate_limited',
            `This tab holds ${limits.heldLeases} leases, and may hold no more. Release some first.`,
          );
        }
        await permissions.require({ actor, action: 'acquire', records });
        await ensureSession(session);
        const holder = { type: 'person', id, label: label ?? actor.name, actor } as const;
        return { lease: await sessionLeases.acquire(session, { holder, records, mode, moves }) };
      }),
  };
}
