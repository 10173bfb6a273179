/** Tells all processes of the namespace, through the change log, that permissions have changed. */
import type { Redis } from 'ioredis';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

/** Of one actor, or of everybody. With `disconnect` the actor's connections end as well. @throws {UnavailableError} */
export type TellPermissionsChanged = (actorId?: string, options?: { disconnect: boolean }) => Promise<void>;

export function createPermissionNews(redis: Redis, keys: Keys): TellPermissionsChanged {
  const tell = script(redis, keys.prefix, new URL('./lua/permissions.lua', import.meta.url));
  return async (actorId = '', { disconnect } = { disconnect: false }) => {
    await tell(actorId, disconnect ? '1' : '');
  };
}
