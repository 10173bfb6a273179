import { Redis } from 'ioredis';
import Redlock from 'redlock';
import { type LockSystem, TTL_MS } from './lockSystem.ts';

/** redlock as its documentation uses it: one call takes all resources, on the one Redis that there is. */
export function redlock(url: string): LockSystem {
  const redis = new Redis(url);
  const locks = new Redlock([redis], { retryCount: 0 });
  return {
    name: 'redlock',
    async acquire(ids) {
      const resources = ids.map((id) => `bench:redlock:${id}`);
      let lock = await locks.acquire(resources, TTL_MS);
      return {
        async renew() {
          lock = await lock.extend(TTL_MS);
        },
        async release() {
          await lock.release();
        },
      };
    },
    async close() {
      await redis.quit();
    },
  };
}
