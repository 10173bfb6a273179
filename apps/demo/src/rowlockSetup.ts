/** The set-up of Rowlock that api and worker share. */
import type { Rowlock } from '@rowlock/server';

export const NAMESPACE = 'gazetteer';
export const RESOURCES = ['countries', 'regions', 'cities'];

/** @throws {Error} if Redis is away. The message says what to do */
export async function reachRedis(rowlock: Rowlock): Promise<void> {
  try {
    await rowlock.start();
  } catch (cause) {
    await rowlock.close();
    throw new Error('Redis cannot be reached. Start a Redis, or set REDIS_URL to its address.', { cause });
  }
}
