/** `release`: ends a lease or a wait, or releases some records, for any session that knows the lease's secret. */
import type { Limits } from '@rowlock/protocol';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Handler } from './handler.ts';

export const createRelease = ({
  sessionLeases,
  limits,
}: {
  sessionLeases: Pick<SessionLeases, 'release'>;
  limits: Pick<Limits, 'acquiredRecords'>;
}): Handler<'release'> => ({
  mostRecords: limits.acquiredRecords,
  async handle(_session, { records, ...leaseSecret }) {
    return { recordCount: await sessionLeases.release(leaseSecret, records) };
  },
});
