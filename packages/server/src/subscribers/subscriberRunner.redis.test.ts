/** One subscriber, on a log that is written by hand, with a clock that is turned by hand. */
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import { writeLog } from '../../test/fixtures/writtenLog.ts';
import { systemClock } from '../clock.ts';
import type { Subscriber } from './subscriber.ts';

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

async function openLog(subscriber: Subscriber, clock = systemClock) {
  const log = await writeLog(redis);
  return { ...log, runner: log.open(subscriber, clock) };
}

describe('one subscriber', () => {
  it('a subscriber that throws for an hour is called every 30 s, and then receives everything in order', async () => {
    const clock = handClock();
    let isDown = true;
    let calls = 0;
    const told: string[] = [];
    const { runner, addTask, logged } = await openLog(
      {
        onTask({ kind, taskId }) {
          calls += 1;
          if (isDown) throw new Error('The dashboard is down');
          told.push(`${kind} ${taskId}`);
        },
      },
      clock,
    );
    await runner.begin();
    await addTask('a', 'created', 1);
    await addTask('a', 'started', 2);
    await until(() => calls === 1);
    for (let second = 0; second < 3_600; second++) {
      clock.turn(1_000);
      // Long enough for Redis to answer the calls of this turn.
      if (second % 10 === 0) await runner.status();
      await redis.ping();
      await redis.ping();
    }
    expect(calls).toBeGreaterThan(100);
    expect(calls).toBeLessThan(140);
    expect(logged).toEqual([expect.stringContaining('2 entries of the log are not delivered yet')]);

    isDown = false;
    await addTask('b', 'created', 1);
    clock.turn(30_000);
    await until(() => told.length === 3);
    expect(told).toEqual(['created a', 'started a', 'created b']);
    expect(logged[1]).toContain('works again');
  });

  it('a subscriber receives the id of a deleted task, and no events that do not concern it', async () => {
    const told: unknown[] = [];
    const { runner, positions, addTask } = await openLog({ onTask: (event) => void told.push(event) });
    await runner.begin();
    await addTask('a', 'worker-changed', 3);
    await addTask('a', 'cancelRequested', 4);
    const position = await addTask('a', 'cancelled', 5);
    await until(() => told.length === 1);
    expect(told).toEqual([
      { kind: 'cancelled', taskId: 'a', version: 5, position, at: Number(position.split('-')[0]) },
    ]);
    await until(async () => (await positions.get('table')).position === position);
  });

  it('an entry that cannot be read, or that a newer server has written, is skipped', async () => {
    const told: string[] = [];
    const { runner, add, addTask, logged } = await openLog({
      onTask: ({ taskId }) => void told.push(taskId),
    });
    await runner.begin();
    await add('kind', 'released', 'lease', '7', 'reason', 'ended', 'holder', '{');
    await add('kind', 'rearranged', 'lease', '7');
    await addTask('a', 'created', 1);
    await until(() => told.length === 1);
    expect(logged).toEqual([expect.stringContaining('cannot be read and is skipped')]);
  });

  it('a position is stored even if no method is called', async () => {
    const { runner, positions, addTask } = await openLog({ onLease() {} });
    await runner.begin();
    const written = await Promise.all([addTask('a', 'created', 1), addTask('a', 'started', 2)]);
    await until(async () => (await positions.get('table')).position === written[1]);
    expect(await runner.status()).toEqual({
      name: 'table',
      position: written[1],
      behind: 0,
      isLeading: true,
    });
  });

  it('a subscriber whose lead expired during an outage of Redis is led again as soon as Redis is back', async () => {
    const told: string[] = [];
    // Its clock is stopped, so no check happens by itself.
    const { runner, keys, addTask } = await openLog(
      { onTask: ({ taskId }) => void told.push(taskId) },
      handClock(),
    );
    await runner.begin();
    await redis.del(`${keys.prefix}subscriberLead:table`);
    runner.checkNow();
    await until(async () => (await redis.get(`${keys.prefix}subscriberLead:table`)) !== null);
    await addTask('a', 'created', 1);
    await until(() => told.length === 1);
    expect(await runner.status()).toMatchObject({ behind: 0, isLeading: true });
  });

  it('a new subscriber receives its first gap until it has handled it, and keeps its first position', async () => {
    let isDown = true;
    const gaps: string[] = [];
    const told: string[] = [];
    const subscriber: Subscriber = {
      onGap({ reason }) {
        if (isDown) throw new Error('Not now');
        gaps.push(reason);
      },
      onTask: ({ taskId }) => void told.push(taskId),
    };
    const { runner, positions, addTask, open } = await openLog(subscriber);
    await addTask('before', 'created', 1);
    await runner.begin();
    await addTask('after', 'created', 1);
    await until(async () => (await positions.get('table')).failure?.includes('Not now'));
    expect(await positions.acquireLead('table', 'another', 'now')).toBeUndefined();
    await runner.close();
    expect(await positions.acquireLead('table', 'another', 'now')).toMatchObject({ hasBegun: true });
    await positions.releaseLead('table', 'another');

    isDown = false;
    const next = open(subscriber);
    await next.begin();
    await until(() => told.length === 1);
    expect(gaps).toEqual(['begun']);
    expect(told).toEqual(['after']);
  });
});
