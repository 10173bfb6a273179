/** `takeOver`: ends the leases that block, if the application permits it, and acquires the records. */
import type { Handler } from './handler.ts';
import { createMayAsk, type LeaseRequestParts, type MayAsk } from './leaseRequests.ts';

export function createTakeOver(parts: Omit<LeaseRequestParts, 'tasks'>): Handler<'takeOver'> {
  const { sessionLeases, limits } = parts;
  const mayAsk: MayAsk = createMayAsk(parts);

  return {
    mostRecords: limits.acquiredRecords,
    handle: (session, { records, mode, scope, label, reason }) =>
      session.inOrder(async () => {
        await mayAsk(session, { records, scope });
        const { actor: by } = session;
        const holder = session.asHolder(label);
        return {
          lease: await sessionLeases.takeOver(session, { holder, records, mode, scope, by, reason }),
        };
      }),
  };
}
