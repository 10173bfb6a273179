/** Gaps of one subscriber, on a log that is written by hand and loses entries while a gap is reported. */
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

/** Three tasks, and a subscriber whose position is before the oldest of the five remaining entries. */
async function openBehind() {
  const log = await writeLog(redis);
  const { positions, epoch } = log;
  await positions.acquireLead('table', 'earlier', 'now');
  await positions.save('table', 'earlier', epoch, undefined);
  await positions.releaseLead('table', 'earlier');
  for (const [i, taskId] of ['a', 'b', 'c'].entries()) await log.writeTask(taskId, i);
  const written: string[] = [];
  for (let i = 0; i < 5; i++) written.push(await log.addRelease(`${i}`));
  await log.trimTo(written[0]!);

  const told: string[] = [];
  /** Records the reported gaps, tasks and leases. `meanwhile` runs as each task is reported. */
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
  it('a gap is reported once, even if the log loses entries meanwhile, and then the log continues', async () => {
    const { written, told, listen, open, addRelease, trimTo, position } = await openBehind();
    let lost = 0;
    const busy = listen(async (taskId) => {
      written.push(await addRelease(`new ${taskId}`));
      lost += 1;
      await trimTo(written[lost]!);
    });
    await open(busy).begin();
    await until(async () => (await position()) === written.at(-1), {
      what: 'the position of the newest entry',
    });
    expect(told).toEqual([
      'trimmed',
      ...tasks,
      // The log still holds two of the entries that it had when the gap began.
      ...['released 3', 'released 4'],
      ...['released new a', 'released new b', 'released new c'],
    ]);
  });

  it('a gap is followed by another one if the log loses all its entries before it is reported', async () => {
    const { written, told, listen, open, addRelease, trimTo, epoch, position } = await openBehind();
    const positions: unknown[] = [];
    let isLost = false;
    const subscriber = listen(async (taskId) => {
      if (taskId === 'a') positions.push(await position());
      if (taskId !== 'b' || isLost) return;
      isLost = true;
      written.push(await addRelease('5'), await addRelease('6'));
      await trimTo(written[6]!);
    });
    await open(subscriber).begin();
    await until(async () => (await position()) === written[6], { what: 'the position of the newest entry' });
    expect(told).toEqual(['trimmed', ...tasks, 'trimmed', ...tasks, 'released 6']);
    expect(positions).toEqual([epoch, written[4]]);
  });

  it('a gap is reported again from its beginning if its leader crashes during it', async () => {
    const { written, told, listen, open, trimTo, epoch, position } = await openBehind();
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
    expect(await position()).toBe(epoch);

    await trimTo(written[3]!);
    told.length = 0;
    await open(listen(() => {})).begin();
    await until(async () => (await position()) === written[4], { what: 'the position of the newest entry' });
    expect(told).toEqual(['trimmed', ...tasks, 'released 3', 'released 4']);
  });
});
