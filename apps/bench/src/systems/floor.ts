import { Redis } from 'ioredis';
import type { LockSystem } from './lockSystem.ts';

const KEY = 'bench:floor';

/**
 * Not a lock at all: the least that a store with an entry a record must do. It reads all entries and then writes them
 * (HMGET, HSET), or removes them (HMGET, HDEL): a command each for all ids, each id an argument of its own, and nothing
 * makes the two atomic. Whoever splits them into chunks, or moves them into a script, pays more than this.
 */
export const floor: LockSystem = {
  name: 'floor',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    return {
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
  },
};
