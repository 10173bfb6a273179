import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { GatheringRedis } from './gatheredWrites.ts';

let server: TestRedis;
let redis: GatheringRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  redis = new GatheringRedis(server.url);
  await redis.ping();
});
afterEach(() => redis.disconnect());

/** How many writes the socket gets from now on, whether of one command or of several. */
function countWrites() {
  const one = vi.spyOn(redis.stream, '_write');
  const many = vi.spyOn(redis.stream, '_writev' as '_write');
  return () => one.mock.calls.length + many.mock.calls.length;
}

test('the commands of one turn of the event loop are one write, and are answered in their order', async () => {
  const writes = countWrites();

  const answers = await Promise.all([redis.set('a', 1), redis.incr('a'), redis.get('a')]);

  expect(answers).toEqual(['OK', 2, '2']);
  expect(writes()).toBe(1);
});

test('commands that follow the answers of one write are one write again', async () => {
  const writes = countWrites();

  await Promise.all(['b', 'c', 'd'].map((key) => redis.set(key, 1).then(() => redis.incr(key))));

  expect(writes()).toBe(2);
});

test('a command that comes alone is sent, and so are those of a later turn', async () => {
  expect(await redis.set('e', 1)).toBe('OK');
  expect(await redis.get('e')).toBe('1');
});

test('a command that is sent just before its connection closes reaches Redis', async () => {
  redis.set('f', 1).catch(() => {});
  const closed = new Promise((resolve) => redis.once('end', resolve));
  redis.disconnect();
  await closed;

  redis = new GatheringRedis(server.url);
  expect(await redis.get('f')).toBe('1');
});

test('a connection that was lost gathers its commands again when it is back', async () => {
  redis.stream.destroy();
  await new Promise((resolve) => redis.once('ready', resolve));
  const writes = countWrites();

  await Promise.all([redis.ping(), redis.ping()]);

  expect(writes()).toBe(1);
});
