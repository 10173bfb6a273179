import { startPostgres, startRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import type { LockSystem, OpenLockSystem, Servers } from './systems/lockSystem.ts';

/** The servers of one run. All systems use the same Redis, so that none has a better one. */
export interface RunningServers extends Servers {
  /** A connection to inspect Redis. No measured call uses it. */
  redis: Redis;
  stop(): Promise<void>;
}

export async function startServers(): Promise<RunningServers> {
  const redisServer = await startRedis();
  const redis = new Redis(redisServer.url);
  const stopRedis = async () => {
    redis.disconnect();
    await redisServer.stop();
  };
  try {
    const postgresServer = await startPostgres();
    return {
      redisUrl: redisServer.url,
      postgresUrl: postgresServer.url,
      redis,
      async stop() {
        await Promise.all([stopRedis(), postgresServer.stop()]);
      },
    };
  } catch (error) {
    await stopRedis();
    throw error;
  }
}

export interface NamedSystem {
  name: string;
  system: OpenLockSystem;
}

/** Opens the systems for `work`, and closes them when it ends or throws. */
export async function withSystems<T>(
  systems: readonly LockSystem[],
  servers: Servers,
  work: (open: NamedSystem[]) => Promise<T>,
): Promise<T> {
  const open: NamedSystem[] = [];
  try {
    for (const one of systems) open.push({ name: one.name, system: await one.open(servers) });
    return await work(open);
  } finally {
    await Promise.all(open.map(({ system }) => system.close()));
  }
}
