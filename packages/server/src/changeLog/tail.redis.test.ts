import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBlocking } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { openTails, startTail } from './tail.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const quiet = { info() {}, warn() {}, error() {} };
let namespaces = 0;
const newKeys = () => keysOf(`tail-${++namespaces}`);
async function append(log: string, count: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (let i = 0; i < count; i++) pipeline.xadd(log, '*', 'kind', 'epoch', 'epoch', i);
  await pipeline.exec();
}

describe('a tail of the change log', () => {
  it('a tail of the change log delivers every entry once and in order, from the position where it began', async () => {
    const keys = newKeys();
    await append(keys.log, 5);
    const seen: number[] = [];
    let gaps = 0;
    const tail = startTail(
      openBlocking(server.url),
      keys,
      {
        onEntries: async (entries) =>
          void seen.push(...entries.map((e) => (e.kind === 'epoch' ? e.epoch : -1))),
        onGap: async () => void gaps++,
        onLost() {},
      },
      quiet,
    );
    await until(() => gaps === 1);
    await append(keys.log, 500);
    await until(() => seen.length === 500);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(gaps).toBe(1);
    await tail.close();
  });

  it('a tail of the change log reports a gap if entries were trimmed before it read them', async () => {
    const keys = newKeys();
    let gaps = 0;
    let proceed = () => {};
    let isWaiting = false;
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const tail = startTail(
      openBlocking(server.url),
      keys,
      {
        async onEntries() {
          isWaiting = true;
          await gate;
        },
        onGap: async () => void gaps++,
        onLost() {},
      },
      quiet,
    );
    await until(() => gaps === 1);
    await append(keys.log, 1);
    await until(() => isWaiting);
    await append(keys.log, 900);
    await redis.xtrim(keys.log, 'MAXLEN', '=', 400);
    proceed();
    await until(() => gaps === 2, { what: 'the gap' });
    await tail.close();
  });

  it('a tail of the change log drops its connection once while Redis does not answer, and continues afterwards', async () => {
    const keys = newKeys();
    const connection = openBlocking(server.url);
    const givenUp = vi.spyOn(connection, 'disconnect');
    const asked = vi.spyOn(connection, 'xrevrange');
    let gaps = 0;
    const reader = { onEntries: async () => {}, onGap: async () => void gaps++, onLost() {} };
    const tail = startTail(connection, keys, reader, quiet);
    await until(() => gaps === 1);
    asked.mockClear();
    server.pause();
    // The second of these is asked on a connection that is given up already.
    await until(() => asked.mock.calls.length === 2, { what: 'two questions', timeoutMs: 15_000 });
    await until(() => connection.status !== 'ready', {
      what: 'the connection to be gone',
      timeoutMs: 15_000,
    });
    expect(givenUp).toHaveBeenCalledTimes(1);
    server.resume();
    await until(() => gaps === 2, { what: 'the tail to go on', timeoutMs: 10_000 });
    await tail.close();
  });

  it('tails of several namespaces share a connection, and each gets its own entries', async () => {
    const tails = openTails(() => openBlocking(server.url));
    const follow = (keys: ReturnType<typeof newKeys>) => {
      const seen: number[] = [];
      let gaps = 0;
      const tail = tails.follow(
        keys,
        {
          onEntries: async (entries) =>
            void seen.push(...entries.map((e) => (e.kind === 'epoch' ? e.epoch : -1))),
          onGap: async () => void gaps++,
          onLost() {},
        },
        quiet,
      );
      return { keys, seen, gaps: () => gaps, close: () => tail.close() };
    };
    const [one, other] = [follow(newKeys()), follow(newKeys())];
    const again = follow(one.keys);
    await until(() => [one, other, again].every(({ gaps }) => gaps() === 1));
    await append(one.keys.log, 3);
    await append(other.keys.log, 2);
    await until(() => one.seen.length === 3 && other.seen.length === 2 && again.seen.length === 3);
    await one.close();
    const late = follow(newKeys());
    await until(() => late.gaps() === 1);
    await append(late.keys.log, 1);
    await append(again.keys.log, 1);
    await until(() => late.seen.length === 1 && again.seen.length === 4);
    expect([one.seen, other.seen]).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
    for (const each of [other, again, late]) await each.close();
  });

  it('a tail of the change log continues for other readers if one fails, which starts again', async () => {
    const tails = openTails(() => openBlocking(server.url));
    const [failing, well] = [newKeys(), newKeys()];
    let gaps = 0;
    let fails = 0;
    const seen: unknown[] = [];
    const warned: string[] = [];
    const logger = { ...quiet, warn: (message: string) => void warned.push(message) };
    const bad = tails.follow(
      failing,
      {
        async onEntries() {
          if (++fails === 1) throw new Error('cannot');
        },
        onGap: async () => void gaps++,
        onLost() {},
      },
      logger,
    );
    const good = tails.follow(
      well,
      { onEntries: async (entries) => void seen.push(...entries), onGap: async () => {}, onLost() {} },
      logger,
    );
    await until(() => gaps === 1);
    await append(failing.log, 1);
    await until(() => gaps === 2);
    await append(failing.log, 1);
    await append(well.log, 1);
    await until(() => fails === 2 && seen.length === 1);
    expect(warned).toHaveLength(1);
    await bad.close();
    await good.close();
  });
});
