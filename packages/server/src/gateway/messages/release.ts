/** `release`: ends a lease, for any session that knows its secret. */
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Handler } from './handler.ts';

export const createRelease = ({
  sessionLeases,
}: {
  sessionLeases: Pick<SessionLeases, 'release'>;
}): Handler<'release'> => ({
  async handle(_session, leaseSecret) {
    await sessionLeases.release(leaseSecret);
    return {};
  },
});
