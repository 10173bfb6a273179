/** How much of Redis's memory a locked record takes. */
import { until } from '@rowlock/test-utils';
import type { Redis } from 'ioredis';
import { rounded } from '../report/statistics.ts';
import type { LockSystem, OpenLockSystem, Servers } from '../systems/lockSystem.ts';

export interface MemoryCost {
  system: string;
  records: number;
  /** By the sum of MEMORY USAGE (SAMPLES 0) of all keys, less the sum before */
  keyBytesPerRecord: number;
  /** By `used_memory`, less what it was before: also what belongs to no key, such as Redis's own table of keys */
  usedBytesPerRecord: number;
  /** The larger of the two */
  bytesPerRecord: number;
}

export interface MemoryOptions {
  system: LockSystem;
  servers: Servers;
  /** The only other connection to this Redis: each has buffers, which are no part of a lock. All keys are removed. */
  redis: Redis;
  ids: readonly string[];
}

/** What is counted was taken and freed once before: script caches and tables have then the size that they keep. */
export async function memory({ system, servers, redis, ids }: MemoryOptions): Promise<MemoryCost> {
  await redis.flushdb();
  await onConnectionOfItsOwn(async (open) => {
    const held = await open.acquire(ids);
    await held.release();
    await open.clearUp?.();
  });
  const before = await memoryOf(redis);
  await onConnectionOfItsOwn((open) => open.acquire(ids));
  const after = await memoryOf(redis);
  await redis.flushdb();

  const keyBytesPerRecord = rounded((after.keyBytes - before.keyBytes) / ids.length);
  const usedBytesPerRecord = rounded((after.usedBytes - before.usedBytes) / ids.length);
  const bytesPerRecord = Math.max(keyBytesPerRecord, usedBytesPerRecord);
  return { system: system.name, records: ids.length, keyBytesPerRecord, usedBytesPerRecord, bytesPerRecord };

  async function onConnectionOfItsOwn(work: (open: OpenLockSystem) => Promise<unknown>): Promise<void> {
    const open = await system.open(servers);
    try {
      await work(open);
    } finally {
      await open.close();
    }
    await until(async () => (await connections(redis)) === 1, {
      what: `the connections of ${system.name} to be closed`,
    });
  }
}

async function connections(redis: Redis): Promise<number> {
  return ((await redis.client('LIST')) as string).trim().split('\n').length;
}

async function memoryOf(redis: Redis): Promise<{ usedBytes: number; keyBytes: number }> {
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
