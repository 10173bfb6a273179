import type { TaskFilter } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { drop, paris, sent, setUpClient, watch } from '../testSupport/clientFixture.ts';

describe('tasks', () => {
  it('A task ignores news that is older than its known version', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({
      id: 't1',
      label: 'Normalise names',
      records: [paris],
      progress: { done: 0, total: 10 },
    });
    client.start();
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    server.updateTask('t1', { version: 9, progress: { done: 9, total: 10 } });
    await clock.turn(0);
    server.updateTask('t1', { version: 4, progress: { done: 4, total: 10 } });
    await clock.turn(0);
    expect(client.tasks.get('t1').task?.progress.done).toBe(9);
  });

  it('A task that has ended never runs again by late news', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    server.endTask('t1', 'failed', 'The disk is full');
    await clock.turn(0);
    server.updateTask('t1', { state: 'running', version: 1 });
    await clock.turn(0);
    expect(client.tasks.get('t1').task).toMatchObject({ state: 'failed', error: 'The disk is full' });
  });

  it('A task whose end the server lost is shown as the server has it when its version is higher', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    server.endTask('t1');
    await clock.turn(0);
    server.updateTask('t1', { state: 'queued' });
    await clock.turn(0);
    expect(client.tasks.get('t1').task).toMatchObject({ state: 'queued' });
  });

  it('A task that has ended stays visible to its watchers when its rows are free', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.tasks.watch('t1', () => {});
    watch(client, paris);
    await clock.turn(0);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'task', task: { id: 't1' } });
    server.endTask('t1', 'failed', 'The disk is full');
    await clock.turn(0);
    expect(client.records.getLock(paris).kind).toBe('free');
    expect(client.tasks.get('t1')).toMatchObject({
      task: { state: 'failed' },
      isStale: false,
      isMissing: false,
    });
  });

  it('A task that the server no longer knows is shown as missing, not as done', async () => {
    const { clock, server, transport, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    await drop(transport, clock);
    server.forgetTask('t1');
    transport.reconnect();
    await clock.turn(0);
    expect(client.tasks.get('t1')).toMatchObject({ task: { state: 'running' }, isMissing: true });
  });

  it('Tasks show their progress on the rows that they hold', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    client.start();
    const { listener } = watch(client, paris);
    await clock.turn(0);
    listener.mockClear();
    server.updateTask('t1', { progress: { done: 1, total: 2 } });
    await clock.turn(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(client.records.getLock(paris).task?.progress.done).toBe(1);
  });

  it('Tasks are listed newest first, and the list is the same object while nothing changes', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ label: 'First', createdAt: 1 });
    client.start();
    client.tasks.list().watch(() => {});
    await clock.turn(0);
    server.startTask({ label: 'Second', createdAt: 2 });
    await clock.turn(0);
    const list = client.tasks.list().get();
    expect(list.tasks.map((task) => task.label)).toEqual(['Second', 'First']);
    expect(client.tasks.list().get()).toBe(list);
  });

  it('Tasks of one millisecond are listed in the order of their launches', async () => {
    const { clock, server, client } = setUpClient();
    for (const id of ['b', 'c', 'a']) server.startTask({ id, label: id, createdAt: 1 });
    client.start();
    client.tasks.list().watch(() => {});
    await clock.turn(0);
    expect(
      client.tasks
        .list()
        .get()
        .tasks.map(({ label }) => label),
    ).toEqual(['a', 'c', 'b']);
  });

  it('A cancelled task shows the answer at once', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names' });
    client.start();
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    const asked = client.tasks.cancel('t1');
    await clock.turn(0);
    expect(await asked).toMatchObject({ ok: true });
    expect(client.tasks.get('t1').task?.cancelRequested).toBe(true);
  });
});

describe('P9: a list of all tasks, of which the server names the newest 100 alone', () => {
  async function listOf(count: number, filter: TaskFilter = {}) {
    const setup = setUpClient();
    const { clock, server, client } = setup;
    client.start();
    const list = client.tasks.list(filter);
    list.watch(() => {});
    await clock.turn(0);
    for (let i = 1; i <= count; i++) server.startTask({ id: `t${i}`, label: `Task ${i}`, createdAt: i });
    await clock.turn(0);
    return { ...setup, list };
  }
  const openIn = (tasks: readonly { state: string }[]) =>
    tasks.filter((task) => task.state === 'running').length;

  it('The list shows how older tasks ended while the tab was cut off', async () => {
    const { clock, server, transport, client } = await listOf(450);
    expect(client.tasks.list().get()).toMatchObject({ isStale: false });
    await drop(transport, clock);
    for (let i = 1; i <= 350; i++) server.endTask(`t${i}`);
    expect(client.tasks.list().get().isStale).toBe(true);
    transport.reconnect();
    await clock.turn(0);
    expect(client.tasks.list().get().isStale).toBe(false);
    expect(openIn(client.tasks.list().get().tasks)).toBe(100);
  });

  it('The list shows how older tasks ended while the server did not see Redis', async () => {
    const { clock, server, client } = await listOf(150);
    server.setCertain(false);
    await clock.turn(0);
    for (let i = 1; i <= 50; i++) server.forgetTask(`t${i}`);
    server.setCertain(true);
    await clock.turn(0);
    await clock.turn(3_000);
    expect(client.tasks.list().get()).toMatchObject({ isStale: false });
    expect(client.tasks.list().get().tasks).toHaveLength(100);
  });

  it('The list asks by id about each task that no longer matches, and unwatches it', async () => {
    const { clock, server, transport, list } = await listOf(150, { states: ['running'] });
    await drop(transport, clock);
    for (let i = 1; i <= 50; i++) server.endTask(`t${i}`);
    transport.reconnect();
    await clock.turn(0);
    await clock.turn(3_000);
    const byId = (name: 'watch' | 'unwatch') =>
      sent(server, name).flatMap(({ tasks }) => (Array.isArray(tasks) ? tasks : []));
    expect(byId('watch').toSorted()).toEqual(byId('unwatch').toSorted());
    expect(byId('watch')).toHaveLength(50);
    expect(list.get()).toMatchObject({ isStale: false });
    expect(list.get().tasks).toHaveLength(100);
  });

  it('The list stays uncertain until the server has answered about older tasks', async () => {
    const { clock, server, transport, client } = await listOf(150);
    await drop(transport, clock);
    server.delayMs = 1_000;
    transport.reconnect();
    await clock.turn(2_500);
    expect(client.connection.status).toBe('live');
    expect(client.tasks.list().get().isStale).toBe(true);
    expect(client.tasks.get('t1').isStale).toBe(true);
    expect(client.tasks.get('t150').isStale).toBe(false);
    await clock.turn(1_000);
    expect(client.tasks.list().get().isStale).toBe(false);
  });
});

describe('tasks that the user may no longer watch', () => {
  it('P15: A hidden task is missing, and leaves the list and its rows', async () => {
    const { clock, server, client } = setUpClient();
    server.startTask({ id: 't1', label: 'Normalise names', records: [paris] });
    server.startTask({ id: 't2', label: 'Merge', records: [] });
    client.start();
    watch(client, paris);
    client.tasks.watch('t1', () => {});
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    expect(list.get().tasks.map(({ id }) => id)).toEqual(['t2', 't1']);
    server.sessions.revoke(['t1'], 'ann');
    await clock.turn(0);
    expect(client.tasks.get('t1')).toEqual({ isStale: false, isMissing: true });
    expect(list.get().tasks.map(({ id }) => id)).toEqual(['t2']);
    expect(client.records.getLock(paris)).not.toHaveProperty('task');
    server.updateTask('t1', { progress: { done: 1, total: 2 } });
    await clock.turn(0);
    expect(client.tasks.get('t1').task).toBeUndefined();
  });
});
