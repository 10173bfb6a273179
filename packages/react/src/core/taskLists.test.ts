import { describe, expect, it, vi } from 'vitest';
import { drop, sent, setUpClient } from '../testSupport/clientFixture.ts';

/** A client whose server has tasks that were launched before, `t1` first. */
function setUpTasks(count: number, state: 'running' | 'failed' = 'running') {
  const setup = setUpClient();
  for (let i = 1; i <= count; i++)
    setup.server.startTask({ id: `t${i}`, label: `Task ${i}`, createdAt: i, state });
  setup.client.start();
  return setup;
}

const idsIn = (tasks: readonly { id: string }[]) => tasks.map(({ id }) => id);

describe('a list of tasks', () => {
  it('A list shows the newest tasks of its filter, and those that begin and stop matching', async () => {
    const { clock, server, client } = setUpTasks(3);
    const list = client.tasks.list({ states: ['running'] });
    const listener = vi.fn();
    list.watch(listener);
    await clock.turn(0);
    expect(list.get()).toMatchObject({ isStale: false, hasMore: false });
    expect(idsIn(list.get().tasks)).toEqual(['t3', 't2', 't1']);
    server.endTask('t2');
    await clock.turn(0);
    expect(idsIn(list.get().tasks)).toEqual(['t3', 't1']);
    server.startTask({ id: 'q', label: 'Queued', state: 'queued', createdAt: 9 });
    await clock.turn(0);
    expect(idsIn(list.get().tasks)).toEqual(['t3', 't1']);
    listener.mockClear();
    server.updateTask('q', { state: 'running' });
    await clock.turn(0);
    expect(idsIn(list.get().tasks)).toEqual(['q', 't3', 't1']);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('P9: A list with a text drops a task whose error had the text until its next attempt', async () => {
    const { clock, server, client } = setUpTasks(1);
    server.updateTask('t1', { state: 'retrying', error: 'Disk full' });
    const list = client.tasks.list({ text: 'disk' });
    list.watch(() => {});
    await clock.turn(0);
    expect(idsIn(list.get().tasks)).toEqual(['t1']);
    server.updateTask('t1', { state: 'running', error: '' });
    await clock.turn(0);
    expect(list.get()).toMatchObject({ tasks: [], isStale: false });
  });

  it('A list keeps its tasks, in their order, while other tasks change', async () => {
    const { clock, server, client } = setUpTasks(3);
    const list = client.tasks.list({ states: ['running'] });
    list.watch(() => {});
    client.tasks.watch('other', () => {});
    server.startTask({ id: 'other', label: 'Other', state: 'queued' });
    await clock.turn(0);
    const { tasks } = list.get();
    server.updateTask('other', { label: 'Soon' });
    await clock.turn(0);
    expect(list.get().tasks).toBe(tasks);
    server.updateTask('t2', { label: 'Half' });
    await clock.turn(0);
    expect(list.get().tasks.map(({ id, label }) => [id, label])).toEqual([
      ['t3', 'Task 3'],
      ['t2', 'Half'],
      ['t1', 'Task 1'],
    ]);
  });

  it('A list loads older tasks page by page, and shows where it ends', async () => {
    const { clock, client } = setUpTasks(250);
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    expect(list.get()).toMatchObject({ hasMore: true, isLoadingMore: false });
    expect(list.get().tasks).toHaveLength(100);
    const loading = list.loadMore();
    expect(list.get().isLoadingMore).toBe(true);
    expect(list.loadMore()).toBe(loading);
    await clock.turn(0);
    expect(list.get().tasks).toHaveLength(200);
    await list.loadMore();
    expect(list.get()).toMatchObject({ hasMore: false, isLoadingMore: false });
    expect(list.get().tasks.at(-1)?.id).toBe('t1');
    const before = list.get();
    await list.loadMore();
    expect(list.get()).toBe(before);
  });

  it('A list keeps older tasks up to date that it has loaded', async () => {
    const { clock, server, client } = setUpTasks(150);
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    await list.loadMore();
    server.updateTask('t1', { progress: { done: 3, total: 4 } });
    await clock.turn(0);
    expect(list.get().tasks.at(-1)).toMatchObject({ id: 't1', progress: { done: 3 } });
  });

  it('P9: a list that was cut off shows the same part again, with all that has happened there', async () => {
    const { clock, server, transport, client } = setUpTasks(350);
    const list = client.tasks.list({ states: ['running'] });
    list.watch(() => {});
    await clock.turn(0);
    await list.loadMore();
    await list.loadMore();
    expect(list.get().tasks.at(-1)?.id).toBe('t51');
    await drop(transport, clock);
    server.endTask('t60');
    for (let i = 351; i <= 600; i++) server.startTask({ id: `t${i}`, label: `Task ${i}`, createdAt: i });
    transport.reconnect();
    await clock.turn(0);
    await clock.turn(3_000);
    const { tasks, isStale, hasMore } = list.get();
    expect({ isStale, hasMore, count: tasks.length }).toEqual({ isStale: false, hasMore: true, count: 549 });
    expect(idsIn(tasks)).not.toContain('t60');
    expect([tasks[0]?.id, tasks.at(-1)?.id]).toEqual(['t600', 't51']);
  });

  it('P9: a list asks again for a page that the server refused for a moment', async () => {
    const { clock, server, transport, client } = setUpTasks(300);
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    await list.loadMore();
    await drop(transport, clock);
    server.refuse('listTasks', { code: 'rate_limited', message: 'Too many messages. Wait a moment.' });
    transport.reconnect();
    await clock.turn(0);
    expect(list.get().isStale).toBe(true);
    server.refuse('listTasks');
    await clock.turn(3_000);
    expect(list.get()).toMatchObject({ isStale: false, hasMore: true });
    expect(list.get().tasks).toHaveLength(200);
  });

  it('A list shows why the server refuses older tasks, until they arrive', async () => {
    const { clock, server, client } = setUpTasks(150);
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    server.refuse('listTasks', { code: 'rate_limited', message: 'Too many messages. Wait a moment.' });
    await list.loadMore();
    expect(list.get()).toMatchObject({
      error: { code: 'rate_limited' },
      hasMore: true,
      isLoadingMore: false,
    });
    server.refuse('listTasks');
    await list.loadMore();
    expect(list.get()).not.toHaveProperty('error');
    expect(list.get().tasks).toHaveLength(150);
  });

  it('A list drops its oldest tasks after 500 new ones, and can load them again', async () => {
    const { clock, server, client } = setUpTasks(0);
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    for (let i = 1; i <= 501; i++) server.startTask({ id: `n${i}`, label: 'New', createdAt: i });
    await clock.turn(0);
    expect(list.get()).toMatchObject({ hasMore: true, isStale: false });
    expect(list.get().tasks).toHaveLength(100);
    await list.loadMore();
    expect(list.get().tasks).toHaveLength(200);
  });

  it('Two lists of the same filter share one watch, and the last one that ends it unwatches it', async () => {
    const { clock, server, client } = setUpTasks(2, 'failed');
    const stops = [client.tasks.list({ states: ['failed'] }), client.tasks.list({ states: ['failed'] })].map(
      (list) => list.watch(() => {}),
    );
    await clock.turn(0);
    expect(sent(server, 'watch')).toEqual([{ records: [], tasks: { states: ['failed'] } }]);
    for (const stop of stops) stop();
    await clock.turn(1_000);
    expect(sent(server, 'unwatch')).toEqual([{ records: [], tasks: { states: ['failed'] } }]);
    expect(client.tasks.list({ states: ['failed'] }).get().tasks).toEqual([]);
  });
});
