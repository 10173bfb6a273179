/** Notifies all processes of the namespace, through the change log, that permissions have changed. */
import type { Redis } from 'ioredis';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

/** For one actor, or for everybody. With `disconnect` the actor's connections end as well. @throws {UnavailableError} */
export type AppendPermissionsChanged = (actorId?: string, options?: { disconnect: boolean }) => Promise<void>;

export function createPermissionsChanged(redis: Redis, keys: Keys): AppendPermissionsChanged {
  const append = script(redis, keys.prefix, new URL('./lua/permissions.lua', import.meta.url));
  return async (actorId = '', { disconnect } = { disconnect: false }) => {
    await append(actorId, disconnect ? '1' : '');
  };
}
