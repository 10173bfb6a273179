import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRedis, type TestRedis } from './startRedis.ts';
import { trackLeaks } from './trackLeaks.ts';

let redis: TestRedis;
const clients: Redis[] = [];

function connect(): Redis {
  const client = new Redis(redis.url);
  client.on('error', () => {}); // the tests kill its server
  clients.push(client);
  return client;
}

beforeEach(async () => {
  redis = await startRedis({ appendonly: 'always' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await redis.stop();
});

test('a private Redis answers on its own port and keeps its data in its own folder', async () => {
  const client = connect();
  expect(await client.ping()).toBe('PONG');
  expect(await client.config('GET', 'dir')).toContain(redis.dir);
  expect(await client.config('GET', 'save')).toContain('');
});

test('two private Redis servers share neither port nor folder', async () => {
  const other = await startRedis();
  try {
    expect(other.port).not.toBe(redis.port);
    expect(other.dir).not.toBe(redis.dir);
  } finally {
    await other.stop();
  }
});

test('a killed Redis has the same port and data after a restart', async () => {
  const client = connect();
  await client.set('kept', 'yes');
  const { port, pid } = redis;
  await redis.kill();
  await redis.restart();
  expect(redis.port).toBe(port);
  expect(redis.pid).not.toBe(pid);
  expect(await connect().get('kept')).toBe('yes');
});

test('a paused Redis answers nothing until it is resumed', async () => {
  const client = connect();
  await client.ping();
  redis.pause();
  let answered = false;
  const answer = client.ping().then(() => {
    answered = true;
  });
  await expect(
    fetch(`http://127.0.0.1:${redis.port}`, { signal: AbortSignal.timeout(100) }),
  ).rejects.toThrow();
  expect(answered).toBe(false);
  redis.resume();
  await answer;
});

test('stop removes the data of a private Redis and leaves nothing open', async () => {
  const leaks = trackLeaks();
  const other = await startRedis();
  await other.stop();
  expect(existsSync(other.dir)).toBe(false);
  await leaks.assertNone();
});
