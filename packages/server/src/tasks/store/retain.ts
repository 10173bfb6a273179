/** Deletes ended tasks from Redis, by one script. */
import type { Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';

/** How many ended tasks are kept, and for how long. */
export interface RetentionLimits {
  maxTasks: number;
  maxAgeMs: number;
}

/** Deletes at most `most` of the ended tasks that are too many or too old. Returns their number. */
export type Retain = (limits: RetentionLimits, most: number) => Promise<number>;

export function createRetain(redis: Redis, { prefix }: Keys): Retain {
  const retain = script(redis, prefix, new URL('./lua/retain.lua', import.meta.url));
  return async ({ maxTasks, maxAgeMs }, most) => Number(await retain(maxTasks, maxAgeMs, most));
}
