import { describe, expect, it } from 'vitest';
import { setUpClient } from '../testSupport/clientFixture.ts';
import { SteadyTask } from './steadyTask.ts';

async function setUp() {
  const { server, client, clock } = setUpClient();
  const { id } = server.startTask({ label: 'Export', progress: { done: 0, total: 100 } });
  client.start();
  const steady = new SteadyTask(client.tasks, id, clock);
  const seen: string[] = [];
  const stop = steady.subscribe(() => {
    const { task } = steady.get();
    seen.push(`${task?.state} ${task?.progress.done}`);
  });
  await clock.turn(3_000);
  seen.length = 0;
  return { server, clock, id, seen, stop, steady };
}

describe('a steady task', () => {
  it('Progress is shown at most once a second, and ends with the newest', async () => {
    const { server, clock, id, seen, steady } = await setUp();
    for (let done = 1; done <= 40; done += 1) {
      server.updateTask(id, { progress: { done, total: 100 } });
      await clock.turn(50);
    }
    expect(seen.length).toBeLessThanOrEqual(3);
    await clock.turn(1_000);
    expect(steady.get().task?.progress.done).toBe(40);
  });

  it('The end is shown at once', async () => {
    const { server, clock, id, seen } = await setUp();
    server.updateTask(id, { progress: { done: 1, total: 100 } });
    await clock.turn(100);
    server.endTask(id, 'failed', 'Disk full');
    await clock.turn(100);
    expect(seen).toEqual(['running 1', 'failed 1']);
  });

  it('Nothing is shown after the last listener has gone', async () => {
    const { server, clock, id, seen, stop } = await setUp();
    for (const done of [1, 2]) {
      server.updateTask(id, { progress: { done, total: 100 } });
      await clock.turn(200);
    }
    stop();
    await clock.turn(2_000);
    expect(seen).toEqual(['running 1']);
  });
});
