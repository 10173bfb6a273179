import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bo, silent } from '../../test/fixtures/lockFixture.ts';
import { newNamespace } from '../../test/fixtures/rig.ts';
import { reportingTask } from '../../test/fixtures/taskFixture.ts';
import { createRowlock } from '../createRowlock.ts';
import { createLocks } from '../locks/locks.ts';
import type { RowlockOptions } from '../rowlockOptions.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function rowlockOf(redis: RowlockOptions['redis']) {
  const task = reportingTask();
  const rowlock = createRowlock({
    redis,
    namespace: newNamespace(),
    resources: ['cities'],
    tasks: [task],
    auth: {
      authenticate: () => null,
      authorize: () => true,
    },
    logger: silent,
  });
  return { rowlock, task };
}

describe('options of ioredis that change how a connection behaves', () => {
  it.each([
    { commandTimeout: 5 },
    { socketTimeout: 50, blockingTimeout: 5 },
    { readOnly: true, stringNumbers: true },
    { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
    { enableOfflineQueue: true, lazyConnect: false, enableAutoPipelining: true },
    { retryStrategy: () => null, reconnectOnError: () => 2, replyMapping: 'resp3' },
    'commandTimeout=5&stringNumbers=true',
  ] as const satisfies (RedisOptions | string)[])(
    'the options of ioredis %j break nothing',
    async (options) => {
      const target =
        typeof options === 'string'
          ? `${server.url}/0?${options}`
          : { port: server.port, ...(options as RedisOptions) };
      const { rowlock, task } = rowlockOf(target);
      try {
        await rowlock.start();
        await rowlock.startWorker();
        const launched = await rowlock.tasks.launch(task, { ids: ['1'] }, { actor: bo.actor });
        await until(async () => (await rowlock.tasks.get(launched.task.id))?.state === 'completed', {
          timeoutMs: 10_000,
        });
        await until(() => rowlock.locks.observer()?.seen());
      } finally {
        await rowlock.close();
      }
    },
    20_000,
  );
});

describe('a prefix for keys', () => {
  const refusal = /keyPrefix "shop:", which Rowlock does not support.*a namespace of its own/;

  it('a prefix for keys in the options, or in the URL, is refused at once, with what to do instead', () => {
    expect(() => rowlockOf({ port: server.port, keyPrefix: 'shop:' })).toThrow(refusal);
    expect(() => rowlockOf(`${server.url}/0?keyPrefix=shop:`)).toThrow(refusal);
  });

  it('createLocks refuses a connection with a prefix for keys, or with numbers as strings', () => {
    const open = (options: RedisOptions) =>
      createLocks({ redis: new Redis({ lazyConnect: true, ...options }), namespace: 'shop' });
    expect(() => open({ keyPrefix: 'shop:' })).toThrow(refusal);
    expect(() => open({ stringNumbers: true })).toThrow('stringNumbers');
    expect(() => open({})).not.toThrow();
  });
});
