/** Tasks beside a queue and a Redis that fail them: without a worker, with a job that returns, and through outages. */
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { useGatedTasks } from '../../test/fixtures/gatedRig.ts';
import { gatedTask, newNamespace, startRig } from '../../test/fixtures/rig.ts';
import { ann } from '../../test/fixtures/taskFixture.ts';
import { createRowlock } from '../createRowlock.ts';

const { gatedRig, queueOf } = useGatedTasks();

describe('a task that waits', () => {
  it('a waiting task is cancelled at once', async () => {
    const { tasks, task, held } = await gatedRig({ work: false });
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    expect(await tasks.cancel(launched.id, { actor: ann })).toMatchObject({ state: 'cancelled' });
    expect(await held('1')).toBe(0);
  });

  it('P6: a waiting task keeps its lease beyond the TTL, and shows that it has no worker', async () => {
    const { tasks, task, held, reaches, rowlock } = await gatedRig({ work: false });
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await until(async () => (await tasks.get(launched.id))?.hasWorker === false, { timeoutMs: 10_000 });
    // Longer than the TTL of 10 s, and than two looks of the reconciler after it.
    const untilMs = performance.now() + 15_000;
    await until(async () => (await held('1')) !== 1 || performance.now() > untilMs, { timeoutMs: 20_000 });
    expect(await held('1')).toBe(1);
    await rowlock.startWorker();
    await reaches(launched.id, 'completed');
    expect(await tasks.get(launched.id)).toMatchObject({ hasWorker: true });
  }, 40_000);
});

describe('a job', () => {
  it('P10: a job that returns after its task has ended changes nothing', async () => {
    const namespace = newNamespace();
    const { tasks, task, reaches } = await gatedRig({ namespace });
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'none' }, { actor: ann });
    await reaches(launched.id, 'completed');
    const before = await tasks.get(launched.id);
    const queue = queueOf(namespace);
    const job = await until(async () => {
      const found = await queue.getJob(launched.id);
      return (await found?.isCompleted()) ? found : undefined;
    });
    await job.retry('completed');
    await until(async () => (await queue.getJob(launched.id))?.isCompleted());
    expect(await tasks.get(launched.id)).toEqual(before);
  });
});

describe('an outage of Redis', () => {
  it('P10: an outage while a run ends neither fails finished work nor repeats it', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const { task, gate } = gatedTask();
    const rig = await startRig(own, { tasks: [task] });
    const gateA = gate('a');
    await rig.rowlock.startWorker();
    const { task: launched } = await rig.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'a' },
      { actor: ann },
    );
    await gateA.started;
    await own.kill();
    gateA.finish();
    await own.restart();
    const get = () => rig.rowlock.tasks.get(launched.id);
    await until(async () => (await get())?.state === 'completed', { what: 'the end', timeoutMs: 10_000 });
    expect(await get()).toMatchObject({ attempt: 1, result: { changed: 1 } });
    await rig.close();
    await own.stop();
  }, 20_000);

  it('an outage during the start is over when the server is ready, also for tasks', async () => {
    const own = await startRedis();
    await own.kill();
    const { task } = gatedTask();
    const rowlock = createRowlock({
      redis: own.url,
      namespace: newNamespace(),
      resources: ['cities'],
      tasks: [task],
      auth: {
        authenticate: () => ann,
        authorize: () => true,
      },
      logger: { info() {}, warn() {}, error() {} },
    });
    await expect(rowlock.start()).rejects.toThrow('Redis cannot be reached');
    await own.restart();
    await rowlock.start();
    const launch = () =>
      rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann }).catch(() => undefined);
    expect((await until(launch)).task.state).toBe('queued');
    await rowlock.close();
    await own.stop();
  });
});
