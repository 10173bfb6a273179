/**
 * The idempotency keys of a namespace. A launch in one step writes its key with its task (launchStore.ts). A launch in
 * several steps reserves the key first.
 */
import type { Redis } from 'ioredis';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';

/** The task that has an idempotency key. `reserved`: by a launch that has not stored its task yet. */
export type KeyHolder = { kind: 'known' | 'reserved'; taskId: string };

export const readKeyHolder = ([kind, taskId]: readonly unknown[]): KeyHolder => ({
  kind: kind as KeyHolder['kind'],
  taskId: taskId as string,
});

/** `idem`: `<name>:<key>` */
export interface IdempotencyKeys {
  /** `evicted`: replaces the reservation of this task, whose launcher has crashed. Compare-and-set. */
  reserve(idem: string, taskId: string, evicted?: string): Promise<{ kind: 'own' } | KeyHolder>;
  unreserve(idem: string, taskId: string): Promise<void>;
  /** The id of the task that has the key or has reserved it. */
  findHolder(idem: string): Promise<string | undefined>;
}

export function createIdempotencyKeys(redis: Redis, keys: Keys): IdempotencyKeys {
  const reserve = script(redis, keys.prefix, new URL('./lua/reserve.lua', import.meta.url));
  const unreserve = script(redis, keys.prefix, new URL('./lua/unreserve.lua', import.meta.url));

  return {
    async reserve(idem, taskId, evicted = '') {
      const reply = (await reserve(idem, taskId, evicted)) as [string, string?];
      return reply[0] === 'own' ? { kind: 'own' } : readKeyHolder(reply);
    },

    async unreserve(idem, taskId) {
      await unreserve(idem, taskId);
    },

    findHolder: async (idem) => (await askRedis(() => redis.hget(keys.idempotency, idem))) ?? undefined,
  };
}
