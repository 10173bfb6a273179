/**
 * Counters that are read, raised and written under a lock, in a database that checks fences: another Redis, of which
 * nobody takes anything away. Who comes seals the counter with his fence before he reads it, so that whoever held it
 * before can no longer write.
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
  /** What the counter is at; undefined where a higher fence has been there. */
  seal(counter: string, fence: string): Promise<number | undefined>;
  /** Whether it was written. */
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
