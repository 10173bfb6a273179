import { readFileSync } from 'node:fs';
import { callRedis, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ann, bo, cities, cy, errorOf, silent, toLeaseSecret } from '../../test/fixtures/lockFixture.ts';
import { reportingTask } from '../../test/fixtures/taskFixture.ts';
import { createRowlock } from '../createRowlock.ts';
import { createLocks } from '../locks/locks.ts';
import { openCommands } from './connection.ts';

let server: TestRedis;
const closers: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const acl = (...rules: string[]) => callRedis(server.port, ['ACL', 'SETUSER', 'app', ...rules]);
const ALL = ['reset', 'on', '>pw', '~{rowlock:*', '&{rowlock:*', '+@all'];

let namespaces = 0;

/** The locks of a user with these rules. */
async function locksOf(...rules: string[]) {
  await acl(...ALL, ...rules);
  const namespace = `rights-${++namespaces}`;
  const redis = openCommands({ port: server.port, username: 'app', password: 'pw' });
  const locks = createLocks({ redis, namespace, logger: silent });
  closers.push(
    () => redis.disconnect(),
    () => locks.close(),
  );
  return { redis, locks, namespace };
}

async function rowlockOf(...rules: string[]) {
  await acl(...ALL, ...rules);
  const rowlock = createRowlock({
    redis: { port: server.port, username: 'app', password: 'pw' },
    namespace: `rights-${++namespaces}`,
    resources: ['cities'],
    tasks: [reportingTask()],
    auth: {
      authenticate: () => null,
      authorize: () => true,
    },
    logger: silent,
  });
  closers.push(() => rowlock.close());
  return rowlock;
}

describe('start() of a Redis user that lacks a right', () => {
  it.each([
    [['resetchannels'], 'may not use the channel {rowlock:rights-', '&{rowlock:rights-'],
    [['-info'], 'may not run INFO.', '+info'],
    [['-@dangerous'], 'may not run INFO.', 'ACL SETUSER app +info'],
    [['-hincrby', '-xadd'], 'may not run HINCRBY, XADD.', '+hincrby +xadd'],
    [['-publish', '-subscribe'], 'may not run SUBSCRIBE, PUBLISH.', '+publish'],
    [['-evalsha', '-script'], 'may not run EVALSHA, SCRIPT|LOAD.', '+script|load'],
    [['-eval', '-set'], 'may not run EVAL.', '+eval'],
    [['-set', '-del'], 'may not run DEL, SET.', '+set'],
    [['resetkeys', '~other:*'], 'read and write the keys {rowlock:rights-', '~{rowlock:rights-'],
  ])('start() of a Redis user with %j names the missing right and its rule', async (rules, lack, rule) => {
    const { locks } = await locksOf(...rules);
    const error = await errorOf(locks.start());
    expect(error).toMatchObject({ name: 'RowlockError', code: 'unavailable' });
    expect((error as Error).message).toContain('The Redis user "app" may not ');
    expect((error as Error).message).toContain(lack);
    expect((error as Error).message).toContain(rule);
  });

  it('start() names the rights that only tasks and their queue need, if the application has tasks', async () => {
    const rules = ['-zadd', '-bzpopmin', '-client|list', '-xtrim'];
    const message = (await errorOf((await rowlockOf(...rules)).start())) as Error;
    expect(message.message).toContain('may not run BZPOPMIN, CLIENT|LIST, ZADD, XTRIM.');
    await (await locksOf(...rules)).locks.start();
  });

  it('start() checks the rights of its Redis user, leaves nothing behind, and disturbs no waiter', async () => {
    const { locks, redis } = await locksOf();
    await locks.start();
    const held = await locks.acquire({ holder: ann, records: cities(1, 1) });
    const waiting = locks.acquire({ holder: bo, records: cities(1, 1), onConflict: 'wait' });
    await until(async () => (await locks.listHolders(cities(1, 1))).get('cities/1')?.length === 2);
    const before = await redis.keys('*');
    await locks.start();
    expect(await redis.keys('*')).toEqual(before);
    await held.release();
    expect((await waiting).records).toEqual(cities(1, 1));
  });
});

describe('a right that is taken away while Rowlock runs', () => {
  const first = { holder: ann, records: cities(1, 2) };

  /** Ann holds two records; Bo waits for the first of them, Cy for both. */
  async function lineOfThree() {
    const client = await locksOf();
    await client.locks.start();
    const { registry } = client.locks;
    const acquired = await registry.acquire(first);
    await registry.acquireOrWait({ holder: bo, records: cities(1, 1) });
    await registry.acquireOrWait({ holder: cy, records: cities(1, 2) });
    // As after a restart: scripts must ask which run of Redis this is.
    await callRedis(server.port, ['HSET', `{rowlock:${client.namespace}}:meta`, 'run_id', 'another']);
    await acl('resetchannels', '-info');
    return { ...client, acquired, leaseSecret: toLeaseSecret(acquired) };
  }

  /** Every key with its value. */
  async function allKeys() {
    const admin = new Redis(server.url);
    try {
      const keys = (await admin.keys('*')).sort();
      return await Promise.all(
        keys.map(async (key) => [key, (await admin.dumpBuffer(key))?.toString('hex')]),
      );
    } finally {
      admin.disconnect();
    }
  }

  it.each([
    ['release', ({ locks, leaseSecret }) => locks.registry.release(leaseSecret)],
    ['free', ({ locks, leaseSecret }) => locks.registry.releaseRecords(leaseSecret, cities(1, 1))],
    ['expire', ({ locks, acquired }) => locks.registry.expire(acquired.id, 0, 'expired')],
    [
      'revoke',
      ({ locks, acquired }) =>
        locks.registry.revoke({ leaseIds: [acquired.id], by: cy.actor, reason: 'now' }),
    ],
    [
      'takeOver',
      ({ locks, acquired }) =>
        locks.registry.takeOver({
          ...first,
          holder: cy,
          leaseIds: [acquired.id],
          by: cy.actor,
          reason: 'now',
        }),
    ],
    ['transfer', ({ locks, leaseSecret }) => locks.registry.transfer(leaseSecret, { holder: bo })],
  ] as [string, (line: Awaited<ReturnType<typeof lineOfThree>>) => Promise<unknown>][])(
    '%s changes nothing if Redis refuses it',
    async (_name, verb) => {
      const line = await lineOfThree();
      const before = await allKeys();
      expect(await errorOf(verb(line))).toBeInstanceOf(Error);
      expect(await allKeys()).toEqual(before);
    },
  );

  it('P2: a release without the right to the channel is complete, and the waiter gets the records', async () => {
    const { locks } = await locksOf();
    await locks.start();
    const held = await locks.acquire(first);
    const waiting = locks.acquire({ holder: bo, records: cities(1, 2), onConflict: 'wait', ttlMs: 1_000 });
    await until(async () => (await locks.listHolders(cities(1, 1))).get('cities/1')?.length === 2);
    await acl('resetchannels');
    await held.release();
    expect((await waiting).records).toEqual(cities(1, 2));
  });
});

describe('the rule for the Redis user', () => {
  const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const rule = /^ACL SETUSER app (.*)$/m.exec(page)?.[1]?.split(' ') ?? [];

  it('the rule of the README for the Redis user is enough to lock, to wait and to run tasks', async () => {
    await callRedis(server.port, ['ACL', 'DELUSER', 'app']);
    await acl(...rule);
    const task = reportingTask();
    const rowlock = createRowlock({
      redis: { port: server.port, username: 'app', password: 'secret' },
      namespace: 'shop',
      resources: ['cities'],
      tasks: [task],
      auth: {
        authenticate: () => null,
        authorize: () => true,
      },
      logger: silent,
    });
    closers.push(() => rowlock.close());
    await rowlock.start();
    await rowlock.startWorker();
    const held = await rowlock.locks.acquire({ holder: ann, records: cities(1, 1) });
    const launched = await rowlock.tasks.launch(
      task,
      { ids: ['1'] },
      { actor: bo.actor, onConflict: 'wait' },
    );
    await held.release();
    await until(async () => (await rowlock.tasks.get(launched.task.id))?.state === 'completed', {
      timeoutMs: 10_000,
    });
  });
});
