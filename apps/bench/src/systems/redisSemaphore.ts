import { Redis } from 'ioredis';
import { Mutex, TimeoutError } from 'redis-semaphore';
import { insist, type LockSystem, TTL_MS } from './lockSystem.ts';

// Renewal is a case of its own, so nothing may renew in the background.
const ONCE = { lockTimeout: TTL_MS, acquireAttemptsLimit: 1, refreshInterval: 0 };

/**
 * redis-semaphore's Mutex is a lock on one record. Many are taken by as many of them at once; nothing makes them atomic.
 * It renews a lock by acquiring it anew under the same identifier (`acquiredExternally`).
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
        const taken = await Promise.all(mutexes.map(({ mutex }) => mutex.tryAcquire()));
        insist(taken.every(Boolean), 'redis-semaphore: tryAcquire');
        return {
          async renew() {
            const renewed = await Promise.all(
              mutexes.map(({ key, mutex: { identifier } }) =>
                new Mutex(redis, key, { ...ONCE, identifier, acquiredExternally: true }).tryAcquire(),
              ),
            );
            insist(renewed.every(Boolean), 'redis-semaphore: refresh');
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
