/** What api and worker have in common in their use of Rowlock. */
import type { Rowlock } from '@rowlock/server';

export const NAMESPACE = 'gazetteer';
export const RESOURCES = ['countries', 'regions', 'cities'];

/** @throws {Error} saying what to do where Redis is away */
export async function reachRedis(rowlock: Rowlock): Promise<void> {
  try {
    await rowlock.start();
  } catch (cause) {
    await rowlock.close();
    throw new Error('Redis cannot be reached. Start one, or say in REDIS_URL where it is.', { cause });
  }
}
