import { callRedis, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ann, bo, cities } from '../test/fixtures/lockFixture.ts';
import { newNamespace } from '../test/fixtures/rig.ts';
import { reportingTask } from '../test/fixtures/taskFixture.ts';
import { createRowlock } from './createRowlock.ts';
import { createLocks } from './locks/locks.ts';
import { openCommands } from './redis/connection.ts';
import type { Rowlock } from './rowlock.ts';
import type { RowlockOptions } from './rowlockOptions.ts';

let server: TestRedis;
const closers: (() => unknown)[] = [];
let warned: string[] = [];
const logger = { info() {}, warn: (message: string) => void warned.push(message), error() {} };
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => {
  warned = [];
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => server.stop());

function rowlockOf(options: Partial<RowlockOptions> = {}): Rowlock {
  const rowlock = createRowlock({
    redis: server.url,
    namespace: newNamespace(),
    resources: ['cities'],
    auth: {
      authenticate: () => null,
      authorize: () => true,
    },
    recovery: { graceMs: 0 },
    logger,
    ...options,
  });
  closers.push(() => rowlock.close());
  return rowlock;
}

/** A lease that nobody renews expires, so the background duties of the process run. */
async function expires(locks: Rowlock['locks']): Promise<void> {
  const { id } = await locks.registry.acquire({ holder: ann, records: cities(9, 1), ttlMs: 1_000 });
  await until(async () => !(await locks.registry.isInForce(id)), {
    what: 'the lease to expire',
    timeoutMs: 10_000,
  });
}

describe('close() while the start is under way', () => {
  it('close() during the start leaves no worker behind', async () => {
    const task = reportingTask();
    const rowlock = rowlockOf({ tasks: [task] });
    await rowlock.start();
    const working = rowlock.startWorker();
    working.catch(() => {});
    await rowlock.close();
    await expect(working).rejects.toMatchObject({ code: 'unavailable' });
    const clients = async () =>
      String(await callRedis(server.port, ['CLIENT', 'LIST']))
        .trim()
        .split('\n');
    // The one that counts.
    await until(async () => (await clients()).length === 1, { what: 'the connections to end' });
  });
});

describe('an application that only logs a failed start()', () => {
  it('an application that only logs a failed start() starts by itself when its Redis answers: leases expire and tasks run', async () => {
    await server.kill();
    const task = reportingTask();
    const rowlock = rowlockOf({ tasks: [task] });
    const working = rowlock.startWorker();
    await expect(rowlock.start()).rejects.toMatchObject({ code: 'unavailable' });
    expect(warned).toContainEqual(expect.stringContaining('It waits for Redis: Redis cannot be reached'));

    await server.restart();
    await until(() => rowlock.locks.observer()?.seen(), { what: 'the start', timeoutMs: 10_000 });
    await rowlock.start();
    await expires(rowlock.locks);
    await working;
    const launched = await rowlock.tasks.launch(task, { ids: ['1'] }, { actor: bo.actor });
    await until(async () => (await rowlock.tasks.get(launched.task.id))?.state === 'completed', {
      timeoutMs: 10_000,
    });
  }, 40_000);

  it('an application that only logs a failed start() starts by itself when its Redis user has the missing rights', async () => {
    await callRedis(server.port, [
      'ACL',
      'SETUSER',
      'late',
      'reset',
      'on',
      '>pw',
      '~*',
      '+@all',
      'resetchannels',
    ]);
    const rowlock = rowlockOf({ redis: { port: server.port, username: 'late', password: 'pw' } });
    await expect(rowlock.start()).rejects.toThrow('may not use the channel');
    await callRedis(server.port, ['ACL', 'SETUSER', 'late', '&*']);
    await until(() => rowlock.locks.observer()?.seen(), { what: 'the start', timeoutMs: 10_000 });
    await expires(rowlock.locks);
  }, 20_000);

  it('an application of locks alone starts by itself after a failed start(), on a connection of its own', async () => {
    await server.kill();
    const redis = openCommands(server.url);
    const locks = createLocks({ redis, namespace: newNamespace(), recovery: { graceMs: 0 }, logger });
    closers.push(
      () => redis.disconnect(),
      () => locks.close(),
    );
    await expect(locks.start()).rejects.toMatchObject({ code: 'unavailable' });
    await server.restart();
    await until(() => locks.observer()?.seen(), { what: 'the start', timeoutMs: 10_000 });
    await expires(locks);
  }, 20_000);

  it('an application that only logs a failed start() ends at close(), although its Redis never answers', async () => {
    await server.kill();
    const rowlock = rowlockOf();
    await expect(rowlock.start()).rejects.toMatchObject({ code: 'unavailable' });
    const waiting = rowlock.start();
    waiting.catch(() => {});
    await rowlock.close();
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await server.restart();
    expect(rowlock.locks.observer()).toBeUndefined();
  }, 20_000);
});
