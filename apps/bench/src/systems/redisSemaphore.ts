import { Redis } from 'ioredis';
import { Mutex, TimeoutError } from 'redis-semaphore';
import { assertDone, type LockSystem, TTL_MS } from './lockSystem.ts';

// Renewal is a separate case, so nothing may renew in the background.
const ONCE = { lockTimeout: TTL_MS, acquireAttemptsLimit: 1, refreshInterval: 0 };

/**
 * A Mutex of redis-semaphore locks one record. Many records need many of them at once, and nothing makes them atomic.
 * A renewal acquires the lock again under the same identifier (`acquiredExternally`).
 */
export const redisSemaphore: LockSystem = {
  name: 'redis-semaphore',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    return {
      async acquire(ids) {
        const mutexes = ids.map((id) => ({
          key: `bench:${id}`,
          mutex: new Mutex(redis, `bench:${id}`, ONCE),
        }));
        const acquired = await Promise.all(mutexes.map(({ mutex }) => mutex.tryAcquire()));
        assertDone(acquired.every(Boolean), 'redis-semaphore: tryAcquire');
        return {
          async renew() {
            const renewed = await Promise.all(
              mutexes.map(({ key, mutex: { identifier } }) =>
                new Mutex(redis, key, { ...ONCE, identifier, acquiredExternally: true }).tryAcquire(),
              ),
            );
            assertDone(renewed.every(Boolean), 'redis-semaphore: refresh');
          },
          async release() {
            await Promise.all(mutexes.map(({ mutex }) => mutex.release()));
          },
        };
      },
      contender: () => ({
        async lock(id) {
          for (;;) {
            const mutex = new Mutex(redis, `bench:${id}`);
            try {
              await mutex.acquire();
              return () => mutex.release();
            } catch (error) {
              if (!(error instanceof TimeoutError)) throw error;
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
