import { Redis } from 'ioredis';
import Redlock, { ExecutionError } from 'redlock';
import { type LockSystem, TTL_MS } from './lockSystem.ts';

const getKey = (id: string) => `bench:redlock:${id}`;

/**
 * redlock as its documentation uses it: one call acquires all resources, on one Redis. If many holders want one record,
 * it retries as by default, and starts again whenever it gives up.
 */
export const redlock: LockSystem = {
  name: 'redlock',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    const once = new Redlock([redis], { retryCount: 0 });
    const patient = new Redlock([redis]);
    return {
      async acquire(ids) {
        let lock = await once.acquire(ids.map(getKey), TTL_MS);
        return {
          async renew() {
            lock = await lock.extend(TTL_MS);
          },
          async release() {
            await lock.release();
          },
        };
      },
      contender: () => ({
        async lock(id) {
          for (;;) {
            try {
              const lock = await patient.acquire([getKey(id)], TTL_MS);
              return async () => void (await lock.release());
            } catch (error) {
              if (!(error instanceof ExecutionError)) throw error;
            }
          }
        },
      }),
      async close() {
        await redis.quit();
      },
    };
  },
};
