import { describe, expect, it } from 'vitest';
import { setUpClient } from '../testSupport/clientFixture.ts';
import { createTaskPolling } from './taskPolling.ts';

function setUp() {
  const setup = setUpClient();
  const asked: string[] = [];
  const source = createTaskPolling({
    clock: setup.clock,
    fetch: (url, init) => {
      asked.push(url);
      return setup.transport.fetch(url, init);
    },
  });
  return { ...setup, asked, source };
}

describe('tasks by polling', () => {
  it('A watched list follows the server, page by page, until nobody watches it', async () => {
    const { server, clock, source, asked } = setUp();
    for (let index = 0; index < 120; index += 1)
      server.startTask({ id: `t${index}`, label: `Task ${index}` });
    const list = source.list();
    const stop = list.watch(() => {});
    await clock.turn(0);
    expect(list.get()).toMatchObject({ isStale: false, hasMore: true, tasks: { length: 100 } });
    await list.loadMore();
    expect(list.get()).toMatchObject({ hasMore: false, tasks: { length: 120 } });
    server.endTask('t119');
    await clock.turn(5_000);
    expect(list.get().tasks[0]).toMatchObject({ id: 't119', state: 'completed' });
    stop();
    const count = asked.length;
    await clock.turn(60_000);
    expect(asked).toHaveLength(count);
  });

  it('Without the server the last tasks stay, and are stale', async () => {
    const { server, clock, transport, source } = setUp();
    server.startTask({ id: 'a', label: 'Export' });
    const list = source.list();
    list.watch(() => {});
    source.watch('a', () => {});
    await clock.turn(0);
    transport.disconnect();
    await clock.turn(5_000);
    expect(list.get()).toMatchObject({ isStale: true, tasks: { length: 1 }, error: { code: 'unavailable' } });
    expect(source.get('a')).toMatchObject({ isStale: true, task: { label: 'Export' } });
    transport.reconnect();
    await clock.turn(5_000);
    expect(list.get().isStale).toBe(false);
  });

  it('A task is read until it has ended, and an unknown one is missing', async () => {
    const { server, clock, source, asked } = setUp();
    server.startTask({ id: 'a', label: 'Export' });
    source.watch('a', () => {});
    source.watch('gone', () => {});
    await clock.turn(0);
    expect(source.get('gone').isMissing).toBe(true);
    server.endTask('a', 'cancelled');
    await clock.turn(5_000);
    expect(source.get('a').task?.state).toBe('cancelled');
    const count = asked.length;
    await clock.turn(60_000);
    expect(asked).toHaveLength(count);
  });

  it('A task is cancelled and retried by the routes', async () => {
    const { server, source } = setUp();
    server.startTask({ id: 'a', label: 'Export', records: ['cities/1'] });
    expect(await source.cancel('a')).toMatchObject({ ok: true });
    server.endTask('a', 'cancelled');
    expect(await source.retry('a')).toMatchObject({ ok: true, task: { retryOf: 'a' } });
  });
});
