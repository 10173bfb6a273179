import type { Holder } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, openCommands } from '../redis/connection.ts';
import { createLocks } from './locks.ts';

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

describe('a process that closes', () => {
  it('gives up the positions in which it waits, says why, and leaves what it holds to expire', async () => {
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
    const gaveUp = expect(waiting).rejects.toThrow('This process is closing');
    await until(() => position === 1);
    await closing.locks.close();
    await gaveUp;
    expect((await other.locks.listHolders(['cities/1'])).get('cities/1')).toHaveLength(1);
    expect(held.signal.aborted).toBe(false);
    await held.release();
    for (const { redis, locks } of [closing, other]) {
      await locks.close();
      redis.disconnect();
    }
  });
});
