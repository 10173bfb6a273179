import { afterAll, beforeAll, expect, test } from 'vitest';
import { callRedis } from './callRedis.ts';
import { freePort } from './freePort.ts';
import { startRedis, type TestRedis } from './startRedis.ts';
import { trackLeaks } from './trackLeaks.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test('callRedis returns replies of every kind', async () => {
  expect(await callRedis(redis.port, ['SET', 'name', 'Besançon 🏔'])).toBe('OK');
  expect(await callRedis(redis.port, ['GET', 'name'])).toBe('Besançon 🏔');
  expect(await callRedis(redis.port, ['GET', 'nothing'])).toBe(null);
  expect(await callRedis(redis.port, ['STRLEN', 'name'])).toBe(14);
  expect(await callRedis(redis.port, ['EVAL', "return {1, {'two', {}}, false}", '0'])).toEqual([
    1,
    ['two', []],
    null,
  ]);
});

test('callRedis returns a reply that arrives in many pieces', async () => {
  const value = 'x'.repeat(1_000_000);
  await callRedis(redis.port, ['SET', 'long', value]);
  expect(await callRedis(redis.port, ['GET', 'long'])).toBe(value);
});

test('callRedis throws an error reply and names the command and the port', async () => {
  await callRedis(redis.port, ['SET', 'text', 'not a list']);
  await expect(callRedis(redis.port, ['LPUSH', 'text', 'x'])).rejects.toThrow(
    `LPUSH text x on port ${redis.port}: WRONGTYPE`,
  );
});

test('callRedis throws if the server does not run or does not answer, and leaves nothing open', async () => {
  const leaks = trackLeaks();
  await expect(callRedis(await freePort(), ['PING'])).rejects.toThrow('ECONNREFUSED');
  redis.pause();
  await expect(callRedis(redis.port, ['PING'], { timeoutMs: 50 })).rejects.toThrow('no answer within 50 ms');
  redis.resume();
  await leaks.assertNone();
});
