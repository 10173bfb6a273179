import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { paris, setUpClient, watch } from '../testSupport/clientFixture.ts';
import { ProgressGate } from './progressGate.ts';

function createGate() {
  const clock = createTurnableClock();
  const notified: string[][] = [];
  const gate = new ProgressGate({ clock, notify: (ids) => void notified.push([...ids]) });
  return { clock, gate, notified };
}

describe('The gate of progress', () => {
  it('The first progress after a pause is notified at once', async () => {
    const { clock, gate, notified } = createGate();
    gate.add(['a']);
    await clock.turn(100);
    gate.add(['b']);
    expect(notified).toEqual([['a'], ['b']]);
  });

  it('A flood of progress is notified ten times a second, each time with all tasks that have progressed', async () => {
    const { clock, gate, notified } = createGate();
    for (let ms = 0; ms < 1_000; ms += 1) {
      gate.add([`${ms % 20}`]);
      await clock.turn(1);
    }
    expect(notified.length).toBeLessThanOrEqual(11);
    expect(new Set(notified.at(-1)).size).toBe(20);
  });

  it('The end of a connection notifies of what waits, and leaves no timer', () => {
    const { clock, gate, notified } = createGate();
    gate.add(['a']);
    gate.add(['b']);
    gate.stop();
    expect(notified).toEqual([['a'], ['b']]);
    expect(clock.pending()).toBe(0);
  });
});

describe('The progress of a watched task', () => {
  it('A change of state is notified at once, also between two notifications of progress', async () => {
    const { clock, server, client } = setUpClient();
    const { id } = server.startTask({ label: 'Export', records: [paris], progress: { done: 0, total: 9 } });
    client.start();
    watch(client, paris);
    const seen: string[] = [];
    client.tasks.watch(id, () => {
      const { task } = client.tasks.get(id);
      seen.push(`${task?.state} ${task?.progress.done}`);
    });
    await clock.turn(1_000);
    seen.length = 0;
    for (let done = 1; done <= 5; done += 1) server.updateTask(id, { progress: { done, total: 9 } });
    await clock.turn(0);
    expect(seen).toEqual(['running 1']);
    server.endTask(id);
    await clock.turn(0);
    expect(seen).toEqual(['running 1', 'completed 9']);
    expect(client.records.getLock(paris).kind).toBe('free');
  });
});
