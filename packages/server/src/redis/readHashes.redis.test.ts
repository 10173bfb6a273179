import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHashReader } from './readHashes.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

test('a hash reader answers the values of each hash in the order that was asked for, and nothing for what is not there', async () => {
  await redis.hset('{x}:task:a', { state: 'running', label: 'Zürich · 1', attempt: 2 });
  await redis.hset('{x}:task:b', { state: '' });
  const read = createHashReader(redis, '{x}:', { kind: 'task:', fields: ['state', 'attempt', 'label'] });

  expect(await read(['b', 'none', 'a'])).toEqual([
    ['', '', ''],
    ['', '', ''],
    ['running', '2', 'Zürich · 1'],
  ]);
  expect(await read([])).toEqual([]);
});

test('a hash reader reads more hashes than one script may take', async () => {
  const ids = Array.from({ length: 1_201 }, (_, i) => `t${i}`);
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hset(`{x}:task:${id}`, 'state', id);
  await pipeline.exec();
  const read = createHashReader(redis, '{x}:', { kind: 'task:', fields: ['state'] });

  expect((await read(ids)).flat()).toEqual(ids);
});
