/** How much memory of Redis a locked record needs. */
import { until } from '@rowlock/test-utils';
import type { Redis } from 'ioredis';
import { rounded } from '../report/statistics.ts';
import type { LockSystem, OpenLockSystem, Servers } from '../systems/lockSystem.ts';

export interface MemoryCost {
  system: string;
  records: number;
  /** The growth of the sum of `MEMORY USAGE` (`SAMPLES 0`) over all keys */
  keyBytesPerRecord: number;
  /** The growth of `used_memory`. Includes memory that belongs to no key, such as the table of keys itself */
  usedBytesPerRecord: number;
  /** The larger of the two */
  bytesPerRecord: number;
}

export interface MemoryOptions {
  system: LockSystem;
  servers: Servers;
  /** The only other connection to this Redis, because buffers of connections would count too. All keys are removed */
  redis: Redis;
  ids: readonly string[];
}

/** Acquires and releases the same records once before it measures, so that script caches and tables have grown already. */
export async function memory({ system, servers, redis, ids }: MemoryOptions): Promise<MemoryCost> {
  await redis.flushdb();
  await onNewConnection(async (open) => {
    const held = await open.acquire(ids);
    await held.release();
    await open.clearUp?.();
  });
  const before = await readMemory(redis);
  await onNewConnection((open) => open.acquire(ids));
  const after = await readMemory(redis);
  await redis.flushdb();

  const keyBytesPerRecord = rounded((after.keyBytes - before.keyBytes) / ids.length);
  const usedBytesPerRecord = rounded((after.usedBytes - before.usedBytes) / ids.length);
  const bytesPerRecord = Math.max(keyBytesPerRecord, usedBytesPerRecord);
  return { system: system.name, records: ids.length, keyBytesPerRecord, usedBytesPerRecord, bytesPerRecord };

  async function onNewConnection(work: (open: OpenLockSystem) => Promise<unknown>): Promise<void> {
    const open = await system.open(servers);
    try {
      await work(open);
    } finally {
      await open.close();
    }
    await until(async () => (await countConnections(redis)) === 1, {
      what: `the connections of ${system.name} to be closed`,
    });
  }
}

async function countConnections(redis: Redis): Promise<number> {
  return ((await redis.client('LIST')) as string).trim().split('\n').length;
}

async function readMemory(redis: Redis): Promise<{ usedBytes: number; keyBytes: number }> {
  const usedBytes = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  let keyBytes = 0;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    cursor = next;
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.memory('USAGE', key, 'SAMPLES', 0);
    for (const [error, bytes] of (await pipeline.exec()) ?? []) {
      if (error) throw error;
      keyBytes += Number(bytes);
    }
  } while (cursor !== '0');
  return { usedBytes, keyBytes };
}
