/**
 * Ends the leases of a user who signs out: those of all of their sessions, or of one. It finds them in every process, also
 * those of a gateway that has crashed.
 */
import type { LeaseId } from '@rowlock/protocol';
import type { LockRegistry } from '../registry/lockRegistry.ts';

/** The prefix of the holder id of a guarded request's own lease. */
export const REQUEST_HOLDER = 'request-';
const MAX_ATTEMPTS = 5;

/**
 * A lease that a guarded request acquired for itself stays: it ends with the request. A gateway may renew a lease until it
 * learns that the user was disconnected, so a heartbeat that has changed is read again. @throws {UnavailableError}
 */
export async function endSessionLeases(
  registry: LockRegistry,
  { actorId, sessionId }: { actorId: string; sessionId?: string },
): Promise<void> {
  let after: LeaseId | undefined;
  do {
    const page = await registry.list({ actorId, limit: 1_000, ...(after && { after }) });
    for (const { id, holder } of page.leases) {
      const isWanted =
        sessionId === undefined ? !holder.id.startsWith(REQUEST_HOLDER) : holder.id === sessionId;
      if (holder.type === 'person' && isWanted) await endLease(registry, id);
    }
    after = page.next;
  } while (after !== undefined);
}

async function endLease(registry: LockRegistry, leaseId: LeaseId): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const [found] = await registry.find([leaseId]);
    if (!found || (await registry.expire(leaseId, found.heartbeat, 'signed out'))) return;
  }
}
