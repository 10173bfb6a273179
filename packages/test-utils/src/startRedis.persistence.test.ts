import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { callRedis } from './callRedis.ts';
import { startRedis, type TestRedis } from './startRedis.ts';
import { until } from './until.ts';

let redis: TestRedis;
afterEach(() => redis.stop());

const write = () => callRedis(redis.port, ['SET', 'key', 'written']);
const read = () => callRedis(redis.port, ['GET', 'key']);

describe('without an append-only file', () => {
  test('a Redis without an append-only file loses all data in every restart', async () => {
    redis = await startRedis({ appendonly: 'no' });
    await write();
    await redis.restart();
    expect(await read()).toBe(null);
    await write();
    await redis.kill();
    await redis.restart();
    expect(await read()).toBe(null);
  });
});

describe('with a file that is synced once a second', () => {
  test('a Redis with an append-only file keeps all data in an orderly restart', async () => {
    redis = await startRedis({ appendonly: 'everysec' });
    await write();
    await redis.restart();
    expect(await read()).toBe('written');
  });

  test('a killed Redis keeps the writes that reached the file', async () => {
    redis = await startRedis({ appendonly: 'everysec' });
    await write();
    await until(async () => (await readAppendOnlyFiles(redis.dir)).includes('written'));
    await redis.kill();
    await redis.restart();
    expect(await read()).toBe('written');
  });
});

describe('with a file that is synced before every answer', () => {
  test('a killed Redis keeps every answered write if it syncs before answering', async () => {
    redis = await startRedis({ appendonly: 'always' });
    for (let count = 1; count <= 500; count++) await callRedis(redis.port, ['INCR', 'count']);
    await redis.kill();
    await redis.restart();
    expect(await callRedis(redis.port, ['GET', 'count'])).toBe('500');
  });

  test('a Redis with an append-only file keeps all data in an orderly restart', async () => {
    redis = await startRedis({ appendonly: 'always' });
    await write();
    await redis.restart();
    expect(await read()).toBe('written');
  });
});

/** The text of the append-only files. Redis 7 keeps several in a folder, older versions keep one. */
async function readAppendOnlyFiles(dir: string): Promise<string> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile() && file.name.includes('aof'))
    .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
