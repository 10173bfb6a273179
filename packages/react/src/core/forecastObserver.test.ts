import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { MemoryServerOptions } from '../testing/memoryServerOptions.ts';
import { bo, sent, setUpClient } from '../testSupport/clientFixture.ts';
import { ForecastObserver } from './forecastObserver.ts';

const records = Array.from({ length: 10 }, (_, id): RecordKey => `cities/${id}`);

async function setUp(options: MemoryServerOptions = {}) {
  const setup = setUpClient(options);
  const { client, server, clock } = setup;
  const task = server.startTask({ label: 'Rename', name: 'rename', records });
  const finish = (id: number) => server.finishRecords(task.id, [`cities/${id}`]);
  client.start();
  const observer = new ForecastObserver(client, records);
  const listener = vi.fn();
  const stop = observer.subscribe(listener);
  await clock.turn(0);
  const secondsUntil = (record: RecordKey) => {
    const { getForecast, nowMs } = observer.getState();
    const said = getForecast(record);
    if (said.kind === 'at') return Math.round((said.atMs - nowMs) / 1_000);
    return said.kind === 'unknown' ? said.why : said.kind;
  };
  return { ...setup, task, finish, observer, listener, stop, secondsUntil };
}

describe('the forecast of records', () => {
  it('the forecast follows the progress of the task, and says that finished records are free', async () => {
    const { clock, finish, secondsUntil } = await setUp();
    await clock.turn(1_000);
    expect(secondsUntil('cities/5')).toBe('no-rate');
    for (const id of [0, 1, 2]) {
      await clock.turn(2_000);
      finish(id);
    }
    await clock.turn(1_000);
    expect(secondsUntil('cities/0')).toBe('free');
    expect(secondsUntil('cities/3')).toBeLessThan(4);
    expect(secondsUntil('cities/9')).toBeGreaterThan(10);
    expect(secondsUntil('cities/9')).toBeLessThan(18);
  });

  it('the forecast is made at most once a second, and rests when nothing is blocked', async () => {
    const { clock, server, task, listener } = await setUp();
    await clock.turn(1_000);
    listener.mockClear();
    for (let i = 1; i <= 40; i++) {
      server.updateTask(task.id, { progress: { done: i, total: 100 } });
      await clock.turn(100);
    }
    expect(listener.mock.calls.length).toBeLessThanOrEqual(5);
    server.endTask(task.id);
    await clock.turn(2_000);
    listener.mockClear();
    await clock.turn(60_000);
    expect(listener).not.toHaveBeenCalled();
  });

  it('the observer asks again when another lease blocks, and now and then for the wait list, but not for each free record', async () => {
    const { clock, server, finish, task } = await setUp();
    for (const id of [0, 1, 2]) {
      finish(id);
      await clock.turn(3_000);
    }
    expect(sent(server, 'listBlockers')).toHaveLength(1);
    server.endTask(task.id);
    server.hold(['cities/1'], { actor: bo });
    await clock.turn(3_000);
    expect(sent(server, 'listBlockers')).toHaveLength(2);
    await clock.turn(16_000);
    expect(sent(server, 'listBlockers')).toHaveLength(3);
  });

  it('nobody knows when a person releases a record', async () => {
    const { clock, server, task, secondsUntil } = await setUp();
    server.endTask(task.id);
    server.hold(['cities/1'], { actor: bo });
    await clock.turn(4_000);
    expect(secondsUntil('cities/1')).toBe('person');
    expect(secondsUntil('cities/2')).toBe('free');
  });

  it('a refusal of the server is shown, and sends nothing any longer after the end', async () => {
    const { clock, client, server, task, observer, stop, secondsUntil } = await setUp();
    const error = { code: 'forbidden', message: 'You may not.' } as const;
    server.refuse('listBlockers', error);
    await clock.turn(16_000);
    expect(observer.getState().error).toMatchObject({ code: 'forbidden' });
    stop();
    const before = server.received.length;
    server.updateTask(task.id, { progress: { done: 5, total: 10 } });
    await clock.turn(60_000);
    expect(server.received.slice(before).filter(({ name }) => name === 'listBlockers')).toEqual([]);
    expect(client.connection.status).toBe('live');
    expect(secondsUntil('cities/1')).not.toBe('free');
  });
});
