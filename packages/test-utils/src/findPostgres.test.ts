import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostgres } from './findPostgres.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowlock-path-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(into: string, ...programs: string[]): Promise<string> {
  const path = join(folder, into);
  await mkdir(path, { recursive: true });
  for (const program of programs) {
    await writeFile(join(path, program), '#!/bin/sh\n');
    await chmod(join(path, program), 0o755);
  }
  return path;
}

test('findPostgres prefers the programs on the PATH', async () => {
  const bin = await install('bin', 'initdb', 'postgres');
  await install('versions/15/bin', 'initdb', 'postgres');
  expect(findPostgres({ PATH: `/nowhere:${bin}` }, join(folder, 'versions'))).toEqual({
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
  });
});

test("findPostgres falls back to the newest of Debian's versions", async () => {
  await install('versions/9/bin', 'initdb', 'postgres');
  const newest = await install('versions/17/bin', 'initdb', 'postgres');
  await install('versions/15/bin', 'initdb', 'postgres');
  expect(findPostgres({ PATH: '' }, join(folder, 'versions'))?.postgres).toBe(join(newest, 'postgres'));
});

test('findPostgres ignores an installation without the server', async () => {
  const bin = await install('bin', 'initdb');
  expect(findPostgres({ PATH: bin }, join(folder, 'versions'))).toBeUndefined();
});
