import type { Holder } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { ConflictError, LeaseLostError } from '../errors.ts';
import { quietLogger } from '../logger.ts';
import { connect, openCommands } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { startExpiryObserver } from './expiryObserver.ts';
import { createLocks } from './locks.ts';
import { createLockRegistry } from './registry.ts';

const holder: Holder = { type: 'person', id: 'x', label: 'Import', actor: { id: 'ann', name: 'Ann' } };
let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

let namespaces = 0;
async function open() {
  const redis = openCommands(server.url);
  await connect(redis);
  const namespace = `handle-${++namespaces}`;
  const keys = keysOf(namespace);
  const registry = createLockRegistry({ redis, namespace });
  const locks = createLocks({ redis, namespace });
  const observer = () =>
    startExpiryObserver({ redis, keys, registry, clock: systemClock, logger: quietLogger });
  const held = async () => (await registry.check(['cities/1'])).held.size;
  return { redis, registry, locks, observer, held };
}

describe('a lease in hand', () => {
  it('renews itself, so it outlives its TTL for as long as its process lives', async () => {
    const { redis, locks, observer, held } = await open();
    const watching = observer();
    const lease = await locks.acquire({ holder, records: ['cities/1'], ttlMs: 1_000 });
    const untilMs = performance.now() + 4_000;
    await until(async () => (await held()) === 0 || performance.now() > untilMs, { timeoutMs: 6_000 });
    expect(await held()).toBe(1);
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
    await watching.close();
    redis.disconnect();
  }, 10_000);

  it('P7: expires once its heartbeat has stood still for its TTL, as the observer saw it', async () => {
    const { redis, registry, observer, held } = await open();
    const watching = observer();
    await registry.acquire({ holder, records: ['cities/1'], ttlMs: 2_000 });
    const beganMs = performance.now();
    await until(async () => (await held()) === 0, { timeoutMs: 8_000 });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(2_000);
    await watching.close();
    redis.disconnect();
  }, 10_000);

  it('P4: aborts its signal at the next renewal after it was lost', async () => {
    const { redis, registry, locks } = await open();
    const lease = await locks.acquire({ holder, records: ['cities/1'], ttlMs: 1_000 });
    await registry.release({ leaseId: lease.id, secret: lease.secret });
    await until(() => lease.signal.aborted);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
    await lease.release();
    redis.disconnect();
  });

  it('P4: aborts its signal by its own clock where Redis does not answer within the TTL', async () => {
    const { redis, locks } = await open();
    const lease = await locks.acquire({ holder, records: ['cities/1'], ttlMs: 1_000 });
    server.pause();
    await until(() => lease.signal.aborted, { timeoutMs: 3_000 });
    server.resume();
    redis.disconnect();
  });

  it('is released by await using, also where the work throws', async () => {
    const { redis, locks, held } = await open();
    const work = async () => {
      await using lease = await locks.acquire({ holder, records: ['cities/1'] });
      expect(lease.records).toEqual(['cities/1']);
      throw new Error('half way');
    };
    await expect(work()).rejects.toThrow('half way');
    expect(await held()).toBe(0);
    redis.disconnect();
  });
});

describe('work under a lock', () => {
  it('P1: loses no update of many that read, wait and write the same record', async () => {
    const { redis, locks } = await open();
    let value = 0;
    const increment = () =>
      locks.withLock({ holder, records: ['cities/1'] }, async () => {
        const read = value;
        await new Promise((resolve) => setImmediate(resolve));
        value = read + 1;
      });
    async function untilDone(): Promise<void> {
      try {
        await increment();
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        return untilDone();
      }
    }
    await Promise.all(Array.from({ length: 20 }, untilDone));
    expect(value).toBe(20);
    redis.disconnect();
  });

  it('is not begun where the records are held', async () => {
    const { redis, locks } = await open();
    const lease = await locks.acquire({ holder, records: ['cities/1'] });
    let begun = false;
    const attempt = locks.withLock({ holder, records: ['cities/1'] }, async () => {
      begun = true;
    });
    await expect(attempt).rejects.toBeInstanceOf(ConflictError);
    expect(begun).toBe(false);
    await lease.release();
    redis.disconnect();
  });
});
