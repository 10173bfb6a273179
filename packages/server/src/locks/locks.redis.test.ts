import type { Holder } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, openCommands } from '../redis/connection.ts';
import { createLocks, type LocksOptions } from './locks.ts';

const holder = (id: string): Holder => ({ type: 'person', id, label: id, actor: { id, name: id } });

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function open(namespace: string) {
  const redis = openCommands(server.url);
  await connect(redis);
  const locks = createLocks({ redis, namespace });
  await locks.start();
  return { redis, locks };
}

describe('createLocks', () => {
  it.each<[string, () => LocksOptions['redis']]>([
    ['a URL', () => server.url],
    ['options of ioredis', () => ({ host: '127.0.0.1', port: server.port })],
  ])('createLocks connects to %s, and closes its connection', async (_, target) => {
    const observing = openCommands(server.url);
    await connect(observing);
    const listClients = async () =>
      String(await observing.client('LIST'))
        .trim()
        .split('\n').length;
    const before = await listClients();
    const locks = createLocks({ redis: target(), namespace: 'connecting' });
    await locks.start();
    await (await locks.acquire({ holder: holder('ann'), records: ['cities/1'] })).release();
    expect(await listClients()).toBeGreaterThan(before);
    await locks.close();
    await until(async () => (await listClients()) === before);
    observing.disconnect();
  });

  it('createLocks leaves an ioredis instance of the application open', async () => {
    const { redis, locks } = await open('open');
    await locks.close();
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('createLocks refuses a malformed namespace, and opens no connection', () => {
    expect(() => createLocks({ redis: server.url, namespace: '{}' })).toThrow('namespace "{}" is malformed');
  });
});

describe('a process that closes', () => {
  it('a closing process stops waiting, says why, and leaves its leases to expire', async () => {
    const closing = await open('closing');
    const other = await open('closing');
    const held = await other.locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    let position = 0;
    const waiting = closing.locks.acquire({
      holder: holder('bo'),
      records: ['cities/1'],
      onConflict: 'wait',
      onPosition: (at) => {
        position = at.position;
      },
    });
    const stopped = expect(waiting).rejects.toThrow('This process is closing');
    await until(() => position === 1);
    await closing.locks.close();
    await stopped;
    expect((await other.locks.listHolders(['cities/1'])).get('cities/1')).toHaveLength(1);
    expect(held.signal.aborted).toBe(false);
    await held.release();
    for (const { redis, locks } of [closing, other]) {
      await locks.close();
      redis.disconnect();
    }
  });
});
