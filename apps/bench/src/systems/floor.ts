import { Redis } from 'ioredis';
import type { LockSystem } from './lockSystem.ts';

const KEY = 'bench:floor';

/**
 * The least work of a store with one entry for each record. It is not a lock. It reads all entries and then writes them
 * (HMGET, HSET) or removes them (HMGET, HDEL), with one command for all ids. Nothing makes the two commands atomic. A
 * system that splits them into chunks, or runs them in a script, pays more.
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
