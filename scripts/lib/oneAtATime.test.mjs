import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { oneAtATime } from './oneAtATime.mjs';
import { stateDir } from './paths.mjs';

const name = `test-${process.pid}`;
afterEach(() => rmSync(join(stateDir, `${name}.lock`), { force: true }));

test('work of one name never runs twice at once', async () => {
  let running = 0;
  const work = async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return 'done';
  };
  expect(await Promise.all([oneAtATime(name, work), oneAtATime(name, work)])).toEqual(['done', 'done']);
});

test('work that fails lets the next one in', async () => {
  await expect(oneAtATime(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await oneAtATime(name, async () => 'next')).toBe('next');
});

test('the lock of a process that is gone is void', async () => {
  const { pid } = spawnSync('true');
  await oneAtATime(name, async () => {}); // makes sure of the folder
  writeFileSync(join(stateDir, `${name}.lock`), String(pid));
  expect(await oneAtATime(name, async () => 'taken over')).toBe('taken over');
});
