import { createLockRegistry, type Holder } from '@rowlock/server';
import { Redis } from 'ioredis';
import { type LockSystem, TTL_MS } from './lockSystem.ts';

const holder: Holder = { type: 'person', id: 'bench', label: 'Bench', actor: { id: 'bench', name: 'Bench' } };

/** Rowlock's registry. The sweeper, which else runs in the background, is run by `clearUp`. */
export function rowlock(url: string): LockSystem {
  const redis = new Redis(url);
  const registry = createLockRegistry({ redis, namespace: 'bench' });
  return {
    name: 'rowlock',
    async acquire(ids) {
      const { id: leaseId, secret } = await registry.acquire({
        holder,
        records: ids.map((id) => `cities/${id}` as const),
        ttlMs: TTL_MS,
      });
      return {
        async renew() {
          await registry.renew({ leaseId, secret });
        },
        async release() {
          await registry.release({ leaseId, secret });
        },
      };
    },
    async clearUp() {
      while (await registry.sweep());
    },
    async close() {
      await redis.quit();
    },
  };
}
