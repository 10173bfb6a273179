/** Gaps of one set on a log that is written by hand, and that loses entries while they are told. */
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import { writeLog } from '../../test/fixtures/writtenLog.ts';
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

/** Three tasks, and a set that stood before the oldest of the five entries that are left. */
async function openBehind() {
  const log = await writeLog(redis);
  const { positions, epoch } = log;
  await positions.acquireLead('set', 'earlier', 'now');
  await positions.save('set', 'earlier', epoch, undefined);
  await positions.releaseLead('set', 'earlier');
  for (const [i, taskId] of ['a', 'b', 'c'].entries()) await log.writeTask(taskId, i);
  const written: string[] = [];
  for (let i = 0; i < 5; i++) written.push(await log.addRelease(`${i}`));
  await log.trimTo(written[0]!);

  const told: string[] = [];
  /** Its gap, its tasks and its leases are told; `meanwhile` happens as each task is told. */
  const listen = (meanwhile: (taskId: string) => unknown): Subscriber => ({
    onGap: ({ reason }) => void told.push(reason),
    async onTask({ kind, taskId }) {
      told.push(`${kind} ${taskId}`);
      await meanwhile(taskId);
    },
    onLease: (event) => void told.push(event.kind === 'released' ? `released ${event.leaseId}` : event.kind),
  });
  return { ...log, written, told, listen };
}

const tasks = ['started a', 'started b', 'started c'];

describe('a gap in a busy log', () => {
  it('is told once, though the log loses entries while it is told, and then the log goes on', async () => {
    const { written, told, listen, open, addRelease, trimTo, place } = await openBehind();
    let lost = 0;
    const busy = listen(async (taskId) => {
      written.push(await addRelease(`new ${taskId}`));
      lost += 1;
      await trimTo(written[lost]!);
    });
    await open(busy).begin();
    await until(async () => (await place()) === written.at(-1), { what: 'the place to be the newest' });
    expect(told).toEqual([
      'trimmed',
      ...tasks,
      // Of what was there when the gap began the log still holds two.
      ...['released 3', 'released 4'],
      ...['released new a', 'released new b', 'released new c'],
    ]);
  });

  it('that the log has lost altogether before it is told is followed by another, from where it has led', async () => {
    const { written, told, listen, open, addRelease, trimTo, epoch, place } = await openBehind();
    const places: unknown[] = [];
    let isLost = false;
    const set = listen(async (taskId) => {
      if (taskId === 'a') places.push(await place());
      if (taskId !== 'b' || isLost) return;
      isLost = true;
      written.push(await addRelease('5'), await addRelease('6'));
      await trimTo(written[6]!);
    });
    await open(set).begin();
    await until(async () => (await place()) === written[6], { what: 'the place to be the newest' });
    expect(told).toEqual(['trimmed', ...tasks, 'trimmed', ...tasks, 'released 6']);
    expect(places).toEqual([epoch, written[4]]);
  });

  it('is told from its beginning where its leader has died in the midst of it', async () => {
    const { written, told, listen, open, trimTo, epoch, place } = await openBehind();
    const clock = handClock();
    const first = open(
      listen((taskId) => (taskId === 'b' ? new Promise(() => {}) : undefined)),
      clock,
    );
    await first.begin();
    await until(() => told.includes('started b'));
    const closed = first.close();
    clock.turn(3_000);
    await closed;
    expect(await place()).toBe(epoch);

    await trimTo(written[3]!);
    told.length = 0;
    await open(listen(() => {})).begin();
    await until(async () => (await place()) === written[4], { what: 'the place to be the newest' });
    expect(told).toEqual(['trimmed', ...tasks, 'released 3', 'released 4']);
  });
});
