import { ConflictError, createLockRegistry, type RecordKey } from '@rowlock/server';
import { Redis } from 'ioredis';
import { CITIES_BELOW, type HeldClaim, type SubtreeClaims } from '../cases/subtree.ts';
import { cityIds } from '../cityIds.ts';
import { TTL_MS } from './lockSystem.ts';
import { HOLDER } from './rowlock.ts';

const COUNTRY: RecordKey = 'countries/FR';
const CITIES = cityIds(CITIES_BELOW).map((id): RecordKey => `cities/${id}`);

/** Two namespaces: one in which nothing is above anything, and one in which all cities are in one country. */
export function openSubtreeClaims(redisUrl: string): SubtreeClaims & { close(): Promise<void> } {
  const redis = new Redis(redisUrl);
  const flat = createLockRegistry({ redis, namespace: 'bench-flat' });
  const tree = createLockRegistry({
    redis,
    namespace: 'bench-tree',
    hierarchy: { cities: { under: ['countries'], ancestorsOf: (ids) => ids.map(() => [COUNTRY]) } },
  });

  async function claim(
    registry: typeof tree,
    records: RecordKey[],
    scope: 'record' | 'subtree',
  ): Promise<HeldClaim> {
    const { id: leaseId, secret } = await registry.acquire({ holder: HOLDER, records, scope, ttlMs: TTL_MS });
    return { release: () => registry.release({ leaseId, secret }) };
  }

  return {
    one: () => claim(flat, CITIES.slice(0, 1), 'record'),
    subtree: () => claim(tree, [COUNTRY], 'subtree'),
    each: () => claim(tree, CITIES, 'record'),
    async isCityFree() {
      try {
        await (await claim(tree, CITIES.slice(0, 1), 'record')).release();
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
