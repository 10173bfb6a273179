import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { setUpClient } from '../testSupport/clientFixture.ts';
import { onTaskEnd, type TaskEndFilter } from './taskEnds.ts';

async function setUp(
  filter: TaskEndFilter = {},
  prepare?: (server: ReturnType<typeof setUpClient>['server']) => void,
) {
  const setup = setUpClient();
  prepare?.(setup.server);
  setup.client.start();
  const ended: string[] = [];
  const stop = onTaskEnd(setup.client.tasks, filter, ({ label, state }: TaskView) =>
    ended.push(`${label} ${state}`),
  );
  await setup.clock.turn(1_000);
  return { ...setup, ended, stop };
}

describe('the ends of tasks', () => {
  it('Each end is reported once, and tasks that ended before are not reported', async () => {
    const { server, clock, ended } = await setUp({}, (server) => {
      server.startTask({ label: 'Long ago', state: 'completed' });
      server.startTask({ id: 'open', label: 'Export' });
    });
    expect(ended).toEqual([]);
    server.endTask('open', 'failed', 'Disk full');
    await clock.turn(1_000);
    server.updateTask('open', { failedCount: 1 });
    await clock.turn(1_000);
    expect(ended).toEqual(['Export failed']);
  });

  it('A task that is launched and ends between two looks is reported', async () => {
    const { server, clock, ended } = await setUp();
    server.startTask({ label: 'Quick', state: 'completed' });
    await clock.turn(1_000);
    expect(ended).toEqual(['Quick completed']);
  });

  it('An end during a lost connection is reported after it is back, and not twice', async () => {
    const { server, transport, clock, ended } = await setUp({}, (server) => {
      server.startTask({ id: 'open', label: 'Export' });
      server.startTask({ id: 'other', label: 'Import' });
    });
    server.endTask('other');
    await clock.turn(1_000);
    transport.disconnect();
    server.endTask('open');
    server.startTask({ label: 'Meanwhile', state: 'cancelled' });
    await clock.turn(1_000);
    transport.reconnect();
    await clock.turn(5_000);
    expect([...ended].sort()).toEqual(['Export completed', 'Import completed', 'Meanwhile cancelled']);
  });

  it('An open task with more than 100 newer ones is reported', async () => {
    const { server, clock, ended } = await setUp({}, (server) => {
      server.startTask({ id: 'old', label: 'Old' });
      for (let index = 0; index < 120; index += 1) server.startTask({ label: 'New', state: 'completed' });
    });
    server.endTask('old', 'cancelled');
    await clock.turn(1_000);
    expect(ended).toEqual(['Old cancelled']);
  });

  it('Only tasks of the filter are reported', async () => {
    const { server, clock, ended } = await setUp({ names: ['export'] }, (server) => {
      server.startTask({ id: 'a', name: 'export', label: 'Export' });
      server.startTask({ id: 'b', name: 'import', label: 'Import' });
    });
    server.endTask('a');
    server.endTask('b');
    await clock.turn(1_000);
    expect(ended).toEqual(['Export completed']);
  });

  it('Nothing is reported after the stop', async () => {
    const { server, clock, ended, stop } = await setUp({}, (server) => {
      server.startTask({ id: 'open', label: 'Export' });
    });
    stop();
    server.endTask('open');
    await clock.turn(1_000);
    expect(ended).toEqual([]);
  });
});
