import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRedisServer } from './findRedisServer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowlock-path-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(program: string, mode = 0o755) {
  await writeFile(join(folder, program), '#!/bin/sh\n');
  await chmod(join(folder, program), mode);
}

test('findRedisServer prefers REDIS_URL', async () => {
  await install('redis-server');
  expect(findRedisServer({ PATH: folder, REDIS_URL: 'redis://example:6379' })).toEqual({
    kind: 'url',
    url: 'redis://example:6379',
  });
});

test('findRedisServer falls back to redis-server on the PATH', async () => {
  await install('redis-server');
  await install('valkey-server');
  expect(findRedisServer({ PATH: `/nowhere:${folder}` })).toEqual({
    kind: 'program',
    path: join(folder, 'redis-server'),
  });
});

test('findRedisServer accepts valkey-server if redis-server is not executable', async () => {
  await install('redis-server', 0o644);
  await install('valkey-server');
  expect(findRedisServer({ PATH: folder })).toMatchObject({ path: join(folder, 'valkey-server') });
});

test('findRedisServer names the ways to get a server if it finds none', () => {
  expect(() => findRedisServer({ PATH: folder })).toThrow(/redis-server.*apt-get install.*REDIS_URL/s);
});
