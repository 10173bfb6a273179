/** Tells all processes of the namespace, through the change log, that permissions have changed. */
import type { Redis } from 'ioredis';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

/** Of one actor, or of everybody. @throws {UnavailableError} */
export type TellPermissionsChanged = (actorId?: string) => Promise<void>;

export function createPermissionNews(redis: Redis, keys: Keys): TellPermissionsChanged {
  const tell = script(redis, keys.prefix, new URL('./lua/permissions.lua', import.meta.url));
  return async (actorId = '') => {
    await tell(actorId);
  };
}
