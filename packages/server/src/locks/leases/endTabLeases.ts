/** Ends the leases of a user's tabs, wherever they are kept: also those of a gateway process that has died. */
import type { LeaseId } from '@rowlock/protocol';
import type { LockRegistry } from '../registry/lockRegistry.ts';

/** How the holder's id of a guarded request's own lease begins. */
export const REQUEST_HOLDER = 'request-';
const MAX_ATTEMPTS = 5;

/**
 * A lease that a guarded request took for itself stays: it ends with the request. A gateway may renew a lease until it
 * hears that the user was disconnected, so a heartbeat that moved is read again. @throws {UnavailableError}
 */
export async function endTabLeases(registry: LockRegistry, actorId: string): Promise<void> {
  let after: LeaseId | undefined;
  do {
    const page = await registry.list({ actorId, limit: 1_000, ...(after && { after }) });
    for (const { id, holder } of page.leases) {
      if (holder.type === 'person' && !holder.id.startsWith(REQUEST_HOLDER)) await endLease(registry, id);
    }
    after = page.next;
  } while (after !== undefined);
}

async function endLease(registry: LockRegistry, leaseId: LeaseId): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const [found] = await registry.find([leaseId]);
    if (!found || (await registry.expire(leaseId, found.heartbeat, 'closed'))) return;
  }
}
