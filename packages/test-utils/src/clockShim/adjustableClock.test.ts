import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startProcess } from '../startProcess.ts';
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

test('programs that run already see a jump on the wall clock alone, each and at once', async () => {
  const clock = await createAdjustableClock(folder);
  // Looks at both clocks all the time, and says when they have moved apart by more than a second.
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

test('the shim is compiled once for a source, even if many tests need it', async () => {
  const paths = await Promise.all([1, 2, 3].map(() => compileClockShim(folder)));
  expect(new Set(paths).size).toBe(1);
  expect((await readdir(folder)).map((file) => join(folder, file))).toEqual([paths[0]]);
});

test('without a compiler, the error names one and how to get it', async () => {
  await expect(compileClockShim(folder, { PATH: folder })).rejects.toThrow(
    /none of cc.*apt-get install gcc/s,
  );
});

test('a folder that LD_PRELOAD cannot name is refused', async () => {
  await expect(compileClockShim(join(folder, 'my project'))).rejects.toThrow(/spaces and colons/);
});

describe('a Redis with an adjustable clock', () => {
  let redis: TestRedis;
  let client: Redis;
  beforeEach(async () => {
    redis = await startRedis({ clock: 'adjustable' });
    client = new Redis(redis.url);
    client.on('error', () => {}); // one test restarts its server
  });
  afterEach(async () => {
    client.disconnect();
    await redis.stop();
  });

  /** How far its TIME is ahead of ours. */
  async function aheadMs(): Promise<number> {
    const [seconds, micros] = await client.time();
    return Number(seconds) * 1_000 + Number(micros) / 1_000 - Date.now();
  }

  test('a Redis with an adjustable clock has the time of this machine at first', async () => {
    expect(Math.abs(await aheadMs())).toBeLessThan(1_000);
  });

  test('a Redis expires a key of 30 s at once when its clock jumps on by a minute', async () => {
    await client.set('lock', 'mine', 'PX', 30_000);
    expect(await client.pttl('lock')).toBeGreaterThan(20_000);
    redis.jumpClock(MINUTE_MS);
    await until(async () => (await client.get('lock')) === null, { timeoutMs: 2_000 });
    expect(Math.round((await aheadMs()) / MINUTE_MS)).toBe(1);
  });

  test('a Redis keeps a key of 30 s for an hour longer when its clock jumps back by an hour', async () => {
    await client.set('lock', 'mine', 'PX', 30_000);
    redis.jumpClock(-HOUR_MS);
    await until(async () => (await client.pttl('lock')) > HOUR_MS, { timeoutMs: 2_000 });
    expect(await client.pttl('lock')).toBeLessThanOrEqual(HOUR_MS + 30_000);
    expect(Math.round((await aheadMs()) / HOUR_MS)).toBe(-1);
  });

  test('a Redis continues its own work after a jump back, since that is timed by the monotonic clock', async () => {
    redis.jumpClock(-HOUR_MS);
    await until(async () => (await aheadMs()) < -HOUR_MS / 2);
    await client.set('short', 'x', 'PX', 50);
    // Nobody touches the key: only the server's cron can find that it has expired.
    await until(async () => (await client.dbsize()) === 0);
  });

  test('a Redis keeps its time when it is killed and restarted', async () => {
    redis.jumpClock(HOUR_MS);
    await redis.kill();
    await redis.restart();
    expect(Math.round((await aheadMs()) / HOUR_MS)).toBe(1);
  });
});

test('a Redis with the clock of this machine refuses to jump', async () => {
  const redis = await startRedis();
  try {
    expect(() => redis.jumpClock(1)).toThrow(/clock: 'adjustable'/);
  } finally {
    await redis.stop();
  }
});
