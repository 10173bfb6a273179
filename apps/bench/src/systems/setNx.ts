import { Redis } from 'ioredis';
import { assertDone, type LockSystem, TTL_MS } from './lockSystem.ts';

const SET_NX = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
const DELETE_OWN = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])";

/** The floor for one record: the smallest possible lock, one EVALSHA of one SET NX PX. */
export const setNx: LockSystem = {
  name: 'SET NX PX',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    const setSha = (await redis.script('LOAD', SET_NX)) as string;
    const deleteSha = (await redis.script('LOAD', DELETE_OWN)) as string;
    return {
      async acquire([id = '']) {
        const key = `bench:nx:${id}`;
        assertDone((await redis.evalsha(setSha, 1, key, 'owner', TTL_MS)) === 'OK', key);
        return {
          async release() {
            await redis.evalsha(deleteSha, 1, key, 'owner');
          },
        };
      },
      async close() {
        await redis.quit();
      },
    };
  },
};
