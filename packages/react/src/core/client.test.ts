import type { Actor, ClientMessage, RecordKey } from '@rowlock/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport, type MemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { createRowlockClient, type RowlockClient } from './client.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };
const paris: RecordKey = 'cities/1';
const lyon: RecordKey = 'cities/2';

function setUp(options: ConstructorParameters<typeof MemoryServer>[0] = {}) {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock, ...options });
  const transport = createMemoryTransport({ server });
  const client = createRowlockClient({ transport, clock, storage: null });
  return { clock, server, transport, client };
}

const messages = <N extends 'watch' | 'unwatch'>(server: MemoryServer, name: N) =>
  server.received.filter((each) => each.name === name).map((each) => each.message as ClientMessage<N>);

/** A listener that counts, and the watch that it listens by. */
function watch(client: RowlockClient, ...records: RecordKey[]) {
  const listener = vi.fn();
  const stop = client.watchRecords(records, listener);
  return { listener, stop };
}

async function drop(transport: MemoryTransport, clock: ReturnType<typeof createTurnableClock>) {
  transport.disconnect();
  await clock.turn(0);
}

afterEach(() => vi.restoreAllMocks());

describe('watching', () => {
  it('asks once for all that was wanted in the same turn, however often', async () => {
    const { clock, server, client } = setUp();
    client.start();
    await clock.turn(0);
    watch(client, paris);
    watch(client, paris, lyon);
    client.watchTask('t1', () => {});
    await clock.turn(0);
    expect(messages(server, 'watch')).toEqual([{ records: [paris, lyon], tasks: ['t1'] }]);
  });

  it('knows nothing, and says so, until the first answer', async () => {
    const { clock, client } = setUp();
    watch(client, paris);
    expect(client.lockOf(paris)).toMatchObject({ kind: 'unknown', isStale: true });
    client.start();
    await clock.turn(0);
    expect(client.lockOf(paris)).toMatchObject({ kind: 'free', isStale: false });
  });

  it('keeps the same object while nothing that it shows has changed', async () => {
    const { clock, server, client } = setUp();
    client.start();
    watch(client, paris, lyon);
    await clock.turn(0);
    const before = client.lockOf(paris);
    server.hold([lyon], { actor: bo });
    await clock.turn(0);
    expect(client.lockOf(paris)).toBe(before);
    expect(client.lockOf(lyon)).toMatchObject({ kind: 'person', isStale: false });
  });

  it('calls only those who watch what changed, and each once', async () => {
    const { clock, server, client } = setUp();
    client.start();
    const both = watch(client, paris, lyon);
    const other = watch(client, 'cities/3');
    await clock.turn(0);
    both.listener.mockClear();
    other.listener.mockClear();
    server.hold([paris, lyon], { actor: bo });
    await clock.turn(0);
    expect(both.listener).toHaveBeenCalledTimes(1);
    expect(other.listener).not.toHaveBeenCalled();
  });

  it('does not tell the server of a watch that is given up and taken again at once', async () => {
    const { clock, server, client } = setUp();
    client.start();
    const first = watch(client, paris);
    await clock.turn(0);
    first.stop();
    await clock.turn(100);
    watch(client, paris);
    await clock.turn(2_000);
    expect(messages(server, 'watch')).toHaveLength(1);
    expect(messages(server, 'unwatch')).toHaveLength(0);
  });

  it('unwatches what nobody has wanted for a while, and forgets it', async () => {
    const { clock, server, client } = setUp();
    server.hold([paris], { actor: bo });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(0);
    stop();
    await clock.turn(600);
    expect(messages(server, 'unwatch')).toEqual([{ records: [paris], tasks: [] }]);
    expect(client.lockOf(paris).kind).toBe('unknown');
  });

  it('asks in parts where there is much, and watches no more than the server allows', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { clock, server, client } = setUp({ limits: { watchedRecords: 2_500 } });
    client.start();
    const records = Array.from({ length: 3_000 }, (_, index): RecordKey => `cities/${index}`);
    watch(client, ...records);
    await clock.turn(0);
    expect(messages(server, 'watch').map((message) => message.records?.length)).toEqual([1_000, 1_000, 500]);
    expect(client.lockOf('cities/2499').kind).toBe('free');
    expect(client.lockOf('cities/2500').kind).toBe('unknown');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/500 records more than the server allows \(2500\)/);
  });

  it('makes room by letting go at once of what is no longer wanted', async () => {
    const { clock, server, client } = setUp({ limits: { watchedRecords: 1 } });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(0);
    stop();
    watch(client, lyon);
    await clock.turn(0);
    expect(messages(server, 'unwatch')).toEqual([{ records: [paris], tasks: [] }]);
    expect(client.lockOf(lyon).kind).toBe('free');
  });

  it('does not let a forbidden resource blind the rest of the page', async () => {
    const { clock, server, client } = setUp();
    client.start();
    await clock.turn(0);
    const original = server.answer.bind(server);
    vi.spyOn(server, 'answer').mockImplementation((tab, name, message, reply) => {
      const { records } = message as ClientMessage<'watch'>;
      if (name === 'watch' && records?.some((key) => key.startsWith('salaries/'))) {
        reply({ ok: false, error: { code: 'forbidden', message: 'You may not see salaries.' } });
      } else original(tab, name, message, reply);
    });
    const { listener } = watch(client, paris, 'salaries/1');
    await clock.turn(0);
    expect(client.lockOf(paris).kind).toBe('free');
    expect(client.lockOf('salaries/1')).toMatchObject({ kind: 'unknown', isStale: true });
    expect(client.refusal(['salaries/1'])?.message).toBe('You may not see salaries.');
    expect(listener).toHaveBeenCalled();
  });

  it('asks again after it was too fast', async () => {
    const { clock, server, client } = setUp();
    client.start();
    await clock.turn(0);
    server.refuse('watch', { code: 'rate_limited', message: 'Slower.' });
    watch(client, paris);
    await clock.turn(0);
    server.refuse('watch');
    await clock.turn(2_000);
    expect(client.lockOf(paris).kind).toBe('free');
  });
});

describe('a lost connection', () => {
  it('leaves the last that is known in sight, marked as stale', async () => {
    const { clock, server, transport, client } = setUp();
    server.hold([paris], { actor: bo });
    client.start();
    const { listener } = watch(client, paris);
    await clock.turn(0);
    listener.mockClear();
    await drop(transport, clock);
    expect(client.connection.status).toBe('reconnecting');
    expect(client.lockOf(paris)).toMatchObject({ kind: 'person', isStale: true });
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('is over only when everything has been seen anew', async () => {
    const { clock, server, transport, client } = setUp();
    const lease = server.hold([paris], { actor: bo });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    await drop(transport, clock);
    server.free(lease);
    server.hold([paris], { actor: { id: 'cy', name: 'Cy' } });
    server.delayMs = 50;
    transport.reconnect();
    await clock.turn(50);
    expect(client.connection.status).toBe('live');
    expect(client.lockOf(paris).isStale).toBe(true);
    await clock.turn(50);
    expect(client.lockOf(paris)).toMatchObject({
      isStale: false,
      lease: { holder: { actor: { name: 'Cy' } } },
    });
  });

  it('makes an answer of the old connection void', async () => {
    const { clock, server, transport, client } = setUp({ delayMs: 100 });
    client.start();
    await clock.turn(100);
    watch(client, paris);
    await clock.turn(50);
    transport.disconnect();
    transport.reconnect();
    await clock.turn(60);
    expect(client.lockOf(paris).isStale).toBe(true);
    await clock.turn(200);
    expect(client.lockOf(paris)).toMatchObject({ kind: 'free', isStale: false });
    expect(messages(server, 'watch')).toHaveLength(2);
  });

  it('ends in a view that agrees with the server after Redis was away', async () => {
    const { clock, server, client } = setUp();
    const lease = server.hold([paris], { actor: bo });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    server.setCertain(false);
    await clock.turn(0);
    expect(client.connection.status).toBe('uncertain');
    expect(client.lockOf(paris)).toMatchObject({ kind: 'person', isStale: true });
    server.free(lease);
    await clock.turn(0);
    server.setCertain(true);
    await clock.turn(0);
    expect(client.lockOf(paris)).toMatchObject({ kind: 'free', isStale: false });
  });

  it('is never filled by polling: a quiet hour sends nothing', async () => {
    const { clock, server, client } = setUp();
    client.start();
    watch(client, paris);
    await clock.turn(0);
    const sent = server.received.length;
    await clock.turn(3_600_000);
    expect(server.received).toHaveLength(sent);
    expect(clock.pending()).toBe(0);
  });

  it('does not end when the provider unmounts and mounts again, as under StrictMode', async () => {
    const { clock, transport, client } = setUp();
    const close = vi.spyOn(transport, 'close');
    const stop = client.start();
    stop();
    client.start();
    await clock.turn(1_000);
    expect(close).not.toHaveBeenCalled();
    expect(client.connection.status).toBe('live');
  });
});

describe('a change that crosses with a snapshot', () => {
  it('counts, since it follows the answer', async () => {
    const { clock, server, client } = setUp({ delayMs: 100 });
    client.start();
    await clock.turn(100);
    watch(client, paris);
    // The server has answered, the answer is under way, and now the record is taken.
    await clock.turn(50);
    server.hold([paris], { actor: bo });
    await clock.turn(60);
    expect(client.lockOf(paris).kind).toBe('free');
    await clock.turn(100);
    expect(client.lockOf(paris).kind).toBe('person');
  });

  it('is dropped where the record is no longer watched', async () => {
    const { clock, server, client } = setUp({ delayMs: 100 });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(300);
    stop();
    await clock.turn(450);
    server.hold([paris], { actor: bo });
    await clock.turn(200);
    watch(client, paris);
    expect(client.lockOf(paris).kind).toBe('unknown');
    await clock.turn(200);
    expect(client.lockOf(paris).kind).toBe('person');
  });
});

describe('tasks', () => {
  it('ignore news that is older than what is known', async () => {
    const { clock, server, client } = setUp();
    server.startTask({
      id: 't1',
      label: 'Normalise names',
      records: [paris],
      progress: { done: 0, total: 10 },
    });
    client.start();
    client.watchTask('t1', () => {});
    await clock.turn(0);
    server.updateTask('t1', { version: 9, progress: { done: 9, total: 10 } });
    await clock.turn(0);
    server.updateTask('t1', { version: 4, progress: { done: 4, total: 10 } });
    await clock.turn(0);
    expect(client.taskOf('t1').task?.progress.done).toBe(9);
  });

  it('never revive, whatever comes late', async () => {
    const { clock, server, client } = setUp();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.watchTask('t1', () => {});
    await clock.turn(0);
    server.endTask('t1', 'failed', 'The disk is full');
    await clock.turn(0);
    server.updateTask('t1', { state: 'running', version: 99 });
    await clock.turn(0);
    expect(client.taskOf('t1').task).toMatchObject({ state: 'failed', error: 'The disk is full' });
  });

  it('keep their end in sight of those who watch them, when their rows are free', async () => {
    const { clock, server, client } = setUp();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.watchTask('t1', () => {});
    watch(client, paris);
    await clock.turn(0);
    expect(client.lockOf(paris)).toMatchObject({ kind: 'task', task: { id: 't1' } });
    server.endTask('t1', 'failed', 'The disk is full');
    await clock.turn(0);
    expect(client.lockOf(paris).kind).toBe('free');
    expect(client.taskOf('t1')).toMatchObject({
      task: { state: 'failed' },
      isStale: false,
      isMissing: false,
    });
  });

  it('are called missing, not done, where the server knows them no more', async () => {
    const { clock, server, transport, client } = setUp();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.watchTask('t1', () => {});
    await clock.turn(0);
    await drop(transport, clock);
    server.forgetTask('t1');
    transport.reconnect();
    await clock.turn(0);
    expect(client.taskOf('t1')).toMatchObject({ task: { state: 'running' }, isMissing: true });
  });

  it('show their progress on the rows that they hold', async () => {
    const { clock, server, client } = setUp();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    const { listener } = watch(client, paris);
    await clock.turn(0);
    listener.mockClear();
    server.updateTask('t1', { progress: { done: 1, total: 2 } });
    await clock.turn(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(client.lockOf(paris).task?.progress.done).toBe(1);
  });

  it('are listed newest first, and the list is the same object while nothing changes', async () => {
    const { clock, server, client } = setUp();
    server.startTask({ label: 'First', createdAt: 1 });
    client.start();
    client.watchTasks(() => {});
    await clock.turn(0);
    server.startTask({ label: 'Second', createdAt: 2 });
    await clock.turn(0);
    const list = client.taskList();
    expect(list.tasks.map((task) => task.label)).toEqual(['Second', 'First']);
    expect(client.taskList()).toBe(list);
  });

  it('are asked to stop, and the answer shows at once', async () => {
    const { clock, server, client } = setUp();
    server.startTask({ id: 't1', label: 'Normalise names' });
    client.start();
    client.watchTask('t1', () => {});
    await clock.turn(0);
    const asked = client.cancelTask('t1');
    await clock.turn(0);
    expect(await asked).toMatchObject({ ok: true });
    expect(client.taskOf('t1').task?.cancelRequested).toBe(true);
  });
});

describe('a client that is refused', () => {
  it('says why, and tries again when asked to', async () => {
    const { clock, transport, client } = setUp();
    transport.refuse('No such user.');
    client.start();
    await clock.turn(0);
    expect(client.connection).toMatchObject({ status: 'refused', error: { message: 'No such user.' } });
  });
});
