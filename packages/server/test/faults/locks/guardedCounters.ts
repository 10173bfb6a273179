/**
 * Counters that clients read and raise under a lock, in a database that checks fences. The database is another Redis,
 * without faults. A client seals a counter with its fence before it reads the counter, so earlier holders can no longer
 * write it.
 */
import { Redis } from 'ioredis';

const SEAL = `
local fence = redis.call('HGET', KEYS[1], 'fence') or '0'
if tonumber(ARGV[1]) < tonumber(fence) then return -1 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1])
return tonumber(redis.call('HGET', KEYS[1], 'value') or '0')`;

const WRITE = `
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[2])
return 1`;

export interface GuardedCounters {
  /** The value of the counter, or undefined if the counter has a higher fence. */
  seal(counter: string, fence: string): Promise<number | undefined>;
  /** Whether the value was written. */
  write(counter: string, fence: string, value: number): Promise<boolean>;
  close(): void;
}

export function openCounters(port: number): GuardedCounters {
  const redis = new Redis({ port, host: '127.0.0.1' });
  redis.on('error', () => {});
  return {
    async seal(counter, fence) {
      const value = Number(await redis.eval(SEAL, 1, counter, fence));
      return value < 0 ? undefined : value;
    },
    async write(counter, fence, value) {
      return (await redis.eval(WRITE, 1, counter, fence, value)) === 1;
    },
    close: () => redis.disconnect(),
  };
}
