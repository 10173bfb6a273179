/** A queue that its own tools pause: the tasks that it holds up say so, to the server and to browsers. */
import type { TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { type Client, gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, useTasks } from '../../../test/fixtures/taskFixture.ts';

const { rigOf, queueOf, reaches } = useTasks();

async function openSite() {
  const namespace = newNamespace();
  const gated = gatedTask('gated', 2);
  const rig = await rigOf({ namespace, tasks: [gated.task] });
  const { tasks } = rig.rowlock;
  return {
    rig,
    gate: gated.gate,
    queue: queueOf(namespace),
    launch: async (id: string) =>
      (await tasks.launch(gated.task, { ids: [id], gate: id }, { actor: ann })).task.id,
    isPaused: async (id: string) => (await tasks.get(id))?.isPaused === true,
  };
}

/** The newest view of a task that a browser has received. */
const told = (client: Client, taskId: string): TaskView | undefined =>
  client.changes.flatMap((view) => view.tasks).findLast(({ id }) => id === taskId);

describe('a queue that is paused by its own tools', () => {
  it('a browser learns of the pause of each queued task, and of its end, without asking', async () => {
    const { rig, queue, launch, isPaused } = await openSite();
    const browser = await rig.connect('ann');
    await browser.send('watch', { tasks: 'all' });
    const before = await launch('1');
    await queue.pause();
    await until(() => told(browser, before)?.isPaused, { what: 'the word of the pause', timeoutMs: 20_000 });
    expect(await isPaused(before)).toBe(true);
    const during = await launch('2');
    await until(() => told(browser, during)?.isPaused, {
      what: 'the word of the pause, of a later task',
      timeoutMs: 20_000,
    });
    await queue.resume();
    for (const id of [before, during]) {
      await until(() => told(browser, id)?.isPaused === undefined, {
        what: 'the word of the end',
        timeoutMs: 20_000,
      });
      expect(await rig.rowlock.tasks.get(id)).toMatchObject({ state: 'queued' });
      expect(await isPaused(id)).toBe(false);
    }
  }, 60_000);

  it('a browser learns of the pause of a retrying task, and not of a running one', async () => {
    const { rig, queue, gate, launch, isPaused } = await openSite();
    await rig.rowlock.startWorker({ concurrency: 2 });
    const [first, second, other] = [gate('1'), gate('1'), gate('2')];
    const [failing, running] = [await launch('1'), await launch('2')];
    await Promise.all([first.started, other.started]);
    await queue.pause();
    first.finish(new Error('Flaky'));
    await until(() => isPaused(failing), { what: 'the task to be paused', timeoutMs: 20_000 });
    expect(await rig.rowlock.tasks.get(failing)).toMatchObject({ state: 'retrying' });
    expect(await isPaused(running)).toBe(false);
    other.finish();
    await reaches(rig, running, 'completed');
    await queue.resume();
    await second.started;
    expect(await isPaused(failing)).toBe(false);
    second.finish();
    await reaches(rig, failing, 'completed');
  }, 60_000);

  it('a task in a paused queue can be cancelled', async () => {
    const { rig, queue, launch, isPaused } = await openSite();
    await queue.pause();
    const id = await launch('1');
    await until(() => isPaused(id), { what: 'the task to be paused', timeoutMs: 20_000 });
    const cancelled = await rig.rowlock.tasks.cancel(id, { actor: ann });
    expect(cancelled).toMatchObject({ state: 'cancelled' });
    expect(cancelled.isPaused).toBeUndefined();
  }, 60_000);
});
