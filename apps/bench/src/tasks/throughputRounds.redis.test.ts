import { startRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bareRound, getStatusKey, ownRound, peerRound } from './throughputRounds.ts';

const JOBS = 12;

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => redis.flushall());

const round = () => ({ redis, redisUrl: server.url, concurrency: 3, jobs: JOBS, workMs: 0 });

test('the peer completes every job, writes its status and releases its lock', async () => {
  expect(await peerRound(round())).toBeGreaterThan(0);

  expect(await redis.zcard('bull:bench:completed')).toBe(JOBS);
  expect(await redis.hmget(getStatusKey('1'), 'state', 'attempt')).toEqual(['completed', '1']);
  expect(await redis.keys('status:*')).toHaveLength(JOBS);
  expect(await redis.keys('cities:*')).toEqual([]);
});

test('bare BullMQ completes every job and keeps nothing else', async () => {
  expect(await bareRound(round())).toBeGreaterThan(0);

  expect(await redis.zcard('bull:bench:completed')).toBe(JOBS);
  expect(await redis.keys('status:*')).toEqual([]);
});

test('Rowlock completes every task and releases every record', async () => {
  expect(await ownRound(round())).toBeGreaterThan(0);

  expect(await redis.zcard('{rowlock:throughput}:ended')).toBe(JOBS);
  expect(await redis.hlen('{rowlock:throughput}:rec:cities')).toBe(0);
});
