import { describe, expect, it } from 'vitest';
import { drop, paris, setUpClient, watch } from '../testSupport/clientFixture.ts';

describe('tasks', () => {
  it('ignore news that is older than what is known', async () => {
    const { clock, server, client } = setUpClient();
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
    const { clock, server, client } = setUpClient();
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
    const { clock, server, client } = setUpClient();
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
    const { clock, server, transport, client } = setUpClient();
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
    const { clock, server, client } = setUpClient();
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
    const { clock, server, client } = setUpClient();
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

  it('of one millisecond are listed in the order of their launches', async () => {
    const { clock, server, client } = setUpClient();
    for (const id of ['b', 'c', 'a']) server.startTask({ id, label: id, createdAt: 1 });
    client.start();
    client.watchTasks(() => {});
    await clock.turn(0);
    expect(client.taskList().tasks.map(({ label }) => label)).toEqual(['a', 'c', 'b']);
  });

  it('are asked to stop, and the answer shows at once', async () => {
    const { clock, server, client } = setUpClient();
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
