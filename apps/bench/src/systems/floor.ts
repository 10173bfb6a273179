import { Redis } from 'ioredis';
import type { LockSystem } from './lockSystem.ts';

const KEY = 'bench:floor';

/**
 * Not a lock at all: the least that a store with an entry a record must do. It reads all entries and then writes them
 * (HMGET, HSET), or removes them (HMGET, HDEL), each id an argument of its own, and nothing makes the two atomic.
 */
export function floor(url: string): LockSystem {
  const redis = new Redis(url);
  return {
    name: 'floor',
    async acquire(ids) {
      const entries = ids.flatMap((id) => [id, 'owner']);
      const readThenWrite = async () => {
        await redis.hmget(KEY, ...ids);
        await redis.hset(KEY, ...entries);
      };
      await readThenWrite();
      return {
        renew: readThenWrite,
        async release() {
          await redis.hmget(KEY, ...ids);
          await redis.hdel(KEY, ...ids);
        },
      };
    },
    async close() {
      await redis.quit();
    },
  };
}
