/** `confirm`: when the server last renewed each lease of the session. */
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { Handler } from './handler.ts';

export const createConfirm = ({
  sessionLeases,
  ensureSession,
}: {
  sessionLeases: Pick<SessionLeases, 'listAges'>;
  ensureSession: EnsureSession;
}): Handler<'confirm'> => ({
  async handle(session) {
    const leases = sessionLeases.listAges(session);
    // The answer does not wait for Redis. If it is away, the next `confirm` tries again.
    if (leases.length > 0) ensureSession(session).catch(() => {});
    return { leases };
  },
});
