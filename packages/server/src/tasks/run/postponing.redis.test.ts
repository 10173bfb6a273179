/** Workers that do not have the definition of a task, because processes are being replaced one by one. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { QUEUE_NAME } from '../store/queue.ts';

const { rigOf, redisOf, queueOf } = useTasks();

describe('a worker that does not know a task', () => {
  it('a worker without the definition leaves the task to another, and no attempt is counted', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const old = await rigOf({ namespace });
    const replaced = await rigOf({ namespace, tasks: [task] });
    await old.rowlock.startWorker();
    const { tasks } = replaced.rowlock;
    const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
    const queue = queueOf(namespace);
    const job = async () => (await queue.getJob(launched.id))!;
    await until(async () => (await job()).isDelayed());
    const worker = await replaced.rowlock.startWorker();
    await until(async () => (await tasks.get(launched.id))?.state === 'completed', { timeoutMs: 15_000 });
    expect(await tasks.get(launched.id)).toMatchObject({ attempt: 1 });
    // Postponed by the one, run by the other: the first does not take it again and again.
    expect((await job()).attemptsStarted).toBeLessThanOrEqual(3);
    await worker.close();
  });

  it('a worker without the definition ends the task with advice if no other worker fetches it', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const old = await rigOf({ namespace });
    const { tasks } = rig.rowlock;
    const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
    const { redis, keys } = redisOf(namespace);
    await redis.hset(`${keys.bullPrefix}:${QUEUE_NAME}:${launched.id}`, 'ats', 30);
    await old.rowlock.startWorker();
    await until(async () => (await tasks.get(launched.id))?.state === 'failed');
    expect((await tasks.get(launched.id))!.error).toContain('Add it to the tasks of their createRowlock');
  });
});
