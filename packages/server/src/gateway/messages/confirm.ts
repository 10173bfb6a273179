/** `confirm`: when the server last renewed each lease of the session. */
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Handler } from './handler.ts';

export const createConfirm = ({
  sessionLeases,
}: {
  sessionLeases: Pick<SessionLeases, 'listAges'>;
}): Handler<'confirm'> => ({
  handle: async (session) => ({ leases: sessionLeases.listAges(session) }),
});
