import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startProcess } from '../startProcess/startProcess.ts';
import { startRedis, type TestRedis } from '../startRedis.ts';
import { until } from '../until.ts';
import { createAdjustableClock } from './adjustableClock.ts';
import { compileClockShim } from './compileClockShim.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowlock-clock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('running programs see a jump at once, and on the wall clock only', async () => {
  const clock = await createAdjustableClock(folder);
  // Compares both clocks every 5 ms and prints when they have moved apart by more than a second.
  const script = `
    let wall = Date.now(), monotonic = performance.now();
    console.log('watching');
    setInterval(() => {
      const wallMs = Date.now() - wall, monotonicMs = performance.now() - monotonic;
      if (Math.abs(wallMs - monotonicMs) > 1000) console.log('jump', Math.round((wallMs - monotonicMs) / 1000), 's');
      wall += wallMs; monotonic += monotonicMs;
    }, 5);`;
  const start = () =>
    startProcess({
      command: process.execPath,
      args: ['-e', script],
      env: clock.env,
      readyLine: 'watching',
      folder,
    });
  const programs = await Promise.all([start(), start()]);
  try {
    clock.jump(MINUTE_MS);
    for (const program of programs) await until(() => program.output().includes('jump 60 s'));
    clock.jump(-HOUR_MS);
    for (const program of programs) await until(() => program.output().includes('jump -3600 s'));
    expect(clock.offsetMs).toBe(MINUTE_MS - HOUR_MS);
    for (const program of programs) expect(program.output().match(/jump/g)).toHaveLength(2);
  } finally {
    for (const program of programs) await program.stop();
  }
});

test('concurrent callers compile the clock shim once per source', async () => {
  const paths = await Promise.all([1, 2, 3].map(() => compileClockShim(folder)));
  expect(new Set(paths).size).toBe(1);
  expect((await readdir(folder)).map((file) => join(folder, file))).toEqual([paths[0]]);
});

test('compileClockShim names the missing compilers and how to install one', async () => {
  await expect(compileClockShim(folder, { PATH: folder })).rejects.toThrow(
    /none of cc.*apt-get install gcc/s,
  );
});

test('compileClockShim refuses a folder that LD_PRELOAD cannot name', async () => {
  await expect(compileClockShim(join(folder, 'my project'))).rejects.toThrow(/spaces and colons/);
});

describe('a Redis with an adjustable clock', () => {
  let redis: TestRedis;
  let client: Redis;
  beforeEach(async () => {
    redis = await startRedis({ clock: 'adjustable' });
    client = new Redis(redis.url);
    client.on('error', () => {}); // one test restarts the server
  });
  afterEach(async () => {
    client.disconnect();
    await redis.stop();
  });

  /** How far the server's clock is ahead of the clock of this process. */
  async function aheadMs(): Promise<number> {
    const [seconds, micros] = await client.time();
    return Number(seconds) * 1_000 + Number(micros) / 1_000 - Date.now();
  }

  test('a Redis with an adjustable clock starts with the time of this machine', async () => {
    expect(Math.abs(await aheadMs())).toBeLessThan(1_000);
  });

  test('Redis expires a key of 30 s at once when the clock jumps forward by a minute', async () => {
    await client.set('lock', 'held', 'PX', 30_000);
    expect(await client.pttl('lock')).toBeGreaterThan(20_000);
    redis.jumpClock(MINUTE_MS);
    await until(async () => (await client.get('lock')) === null, { timeoutMs: 2_000 });
    expect(Math.round((await aheadMs()) / MINUTE_MS)).toBe(1);
  });

  test('Redis keeps a key of 30 s for an hour longer when the clock jumps back by an hour', async () => {
    await client.set('lock', 'held', 'PX', 30_000);
    redis.jumpClock(-HOUR_MS);
    await until(async () => (await client.pttl('lock')) > HOUR_MS, { timeoutMs: 2_000 });
    expect(await client.pttl('lock')).toBeLessThanOrEqual(HOUR_MS + 30_000);
    expect(Math.round((await aheadMs()) / HOUR_MS)).toBe(-1);
  });

  test('Redis still removes expired keys after a jump back, because the monotonic clock times its cron', async () => {
    redis.jumpClock(-HOUR_MS);
    await until(async () => (await aheadMs()) < -HOUR_MS / 2);
    await client.set('short', 'x', 'PX', 50);
    // Nobody reads the key, so only the server's cron can find that it has expired.
    await until(async () => (await client.dbsize()) === 0);
  });

  test('Redis keeps its clock offset when it is killed and started again', async () => {
    redis.jumpClock(HOUR_MS);
    await redis.kill();
    await redis.restart();
    expect(Math.round((await aheadMs()) / HOUR_MS)).toBe(1);
  });
});

test('jumpClock refuses a Redis that has the clock of this machine', async () => {
  const redis = await startRedis();
  try {
    expect(() => redis.jumpClock(1)).toThrow(/clock: 'adjustable'/);
  } finally {
    await redis.stop();
  }
});
