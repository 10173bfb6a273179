/** The reports of an application about its users: changed permissions, and users to disconnect. */
import { createPermissionsChanged } from '../changeLog/permissionsChanged.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { endSessionLeases } from '../locks/leases/endSessionLeases.ts';
import type { UserSessions } from '../rowlock.ts';
import type { Foundation } from './foundation.ts';

export function createUserSessions(
  { redis, keys, permissions, locks }: Foundation,
  gateway: Gateway,
): UserSessions {
  const appendPermissionsChanged = createPermissionsChanged(redis, keys);
  return {
    async refresh(actorId) {
      permissions.forget(actorId);
      // The entry reaches this process too. Without Redis it acts alone.
      await appendPermissionsChanged(actorId).catch((error: unknown) => {
        gateway.refresh(actorId);
        throw error;
      });
    },
    async disconnect(actorId) {
      permissions.forget(actorId);
      // In this process at once, also if Redis is away.
      await gateway.disconnect(actorId);
      await appendPermissionsChanged(actorId, { disconnect: true });
      await endSessionLeases(locks.registry, { actorId });
    },
  };
}
