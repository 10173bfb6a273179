import { Redis } from 'ioredis';
import { createLock, IoredisAdapter, LockAcquisitionError, LockManager } from 'redlock-universal';
import { assertDone, type LockSystem, TTL_MS } from './lockSystem.ts';

/**
 * redlock-universal as its documentation uses it. `acquireBatch` acquires all keys in one script. `extend` sends one call
 * for each key, on a lock that is made from its handle. `releaseBatch` sends one call for each key too.
 */
export const redlockUniversal: LockSystem = {
  name: 'redlock-universal',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    const adapter = new IoredisAdapter(redis);
    const manager = new LockManager({ nodes: [adapter], defaultTTL: TTL_MS, defaultRetryAttempts: 0 });
    return {
      async acquire(ids) {
        const handles = await manager.acquireBatch(ids.map((id) => `bench:universal:${id}`));
        return {
          async renew() {
            const extended = await Promise.all(
              handles.map((handle) => manager.createSimpleLock(handle.key).extend(handle, TTL_MS)),
            );
            assertDone(extended.every(Boolean), 'redlock-universal: extend');
          },
          async release() {
            const released = await manager.releaseBatch(handles);
            assertDone(released.every(Boolean), 'redlock-universal: releaseBatch');
          },
        };
      },
      contender: () => ({
        async lock(id) {
          const lock = createLock({ adapter, key: `bench:universal:${id}`, ttl: TTL_MS });
          for (;;) {
            try {
              const handle = await lock.acquire();
              return async () => void (await lock.release(handle));
            } catch (error) {
              if (!(error instanceof LockAcquisitionError)) throw error;
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
