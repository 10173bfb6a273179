import { ConflictError, createLockRegistry, type RecordKey } from '@rowlock/server';
import { Redis } from 'ioredis';
import { CITIES_BELOW, type HeldLock, type SubtreeLocks } from '../cases/subtree.ts';
import { cityIds } from '../cityIds.ts';
import { TTL_MS } from './lockSystem.ts';
import { HOLDER } from './rowlock.ts';

const COUNTRY: RecordKey = 'countries/FR';
const CITIES = cityIds(CITIES_BELOW).map((id): RecordKey => `cities/${id}`);

/** Opens two namespaces: one without a hierarchy, and one in which all cities are below one country. */
export function openSubtreeLocks(redisUrl: string): SubtreeLocks & { close(): Promise<void> } {
  const redis = new Redis(redisUrl);
  const flat = createLockRegistry({ redis, namespace: 'bench-flat' });
  const tree = createLockRegistry({
    redis,
    namespace: 'bench-tree',
    hierarchy: { cities: { under: ['countries'], getAncestors: (ids) => ids.map(() => [COUNTRY]) } },
  });

  async function acquire(
    registry: typeof tree,
    records: RecordKey[],
    scope: 'record' | 'subtree',
  ): Promise<HeldLock> {
    const { id: leaseId, secret } = await registry.acquire({ holder: HOLDER, records, scope, ttlMs: TTL_MS });
    return { release: () => registry.release({ leaseId, secret }) };
  }

  return {
    one: () => acquire(flat, CITIES.slice(0, 1), 'record'),
    subtree: () => acquire(tree, [COUNTRY], 'subtree'),
    each: () => acquire(tree, CITIES, 'record'),
    async isCityFree() {
      try {
        await (await acquire(tree, CITIES.slice(0, 1), 'record')).release();
        return true;
      } catch (error) {
        if (error instanceof ConflictError) return false;
        throw error;
      }
    },
    async clearUp() {
      while ((await flat.sweep()) || (await tree.sweep()));
    },
    async close() {
      await redis.quit();
    },
  };
}
