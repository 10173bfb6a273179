/** `resume`: a lease of this user on a new connection, after a reload or a reconnect. */
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Permissions } from '../../permissions.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { Handler } from './handler.ts';

export const createResume = ({
  sessionLeases,
  permissions,
  ensureSession,
}: {
  sessionLeases: Pick<SessionLeases, 'getRecords' | 'resume'>;
  permissions: Pick<Permissions, 'require'>;
  ensureSession: EnsureSession;
}): Handler<'resume'> => ({
  async handle(session, { nextSecret, ...leaseSecret }) {
    const { actor } = session;
    const records = await sessionLeases.getRecords(leaseSecret.leaseId, actor.id);
    await permissions.require({ actor, action: 'acquire', records });
    await ensureSession(session);
    return sessionLeases.resume(session, leaseSecret, actor.id, nextSecret);
  },
});
