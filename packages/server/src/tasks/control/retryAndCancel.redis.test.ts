import { until } from '@rowlock/test-utils';
import { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { createAttemptStore } from '../store/attemptStore.ts';
import { QUEUE_NAME } from '../store/queue.ts';

const { rigOf, redisOf, reaches, server, closing } = useTasks();

const by = { actor: ann };

/** Reports the rows of `bad`, or fails as a whole if the test says so. */
function brittleTask() {
  const bad = new Set<string>();
  let isBroken = false;
  const task = reportingTask({
    name: 'brittle',
    supportsPartial: true,
    tags: () => ['nightly'],
    run(ctx) {
      if (isBroken) throw new Error('Out of order');
      const done = ctx.records.filter((record) => {
        if (bad.has(record)) ctx.recordFailed(record, new Error(`${record} is odd`));
        return !bad.has(record);
      });
      return { done: [...done].sort() };
    },
  });
  return {
    task,
    bad,
    setBroken(value: boolean) {
      isBroken = value;
    },
  };
}

describe('retry', () => {
  it('a retry launches a failed task again, with its input, tags, attempts and priority', async () => {
    const { task, setBroken } = brittleTask();
    const rig = await rigOf({ tasks: [task] });
    await rig.rowlock.startWorker();
    setBroken(true);
    const options = { ...by, tags: ['by hand'], retry: { attempts: 2, backoffMs: 10 }, priority: 9 };
    const first = await rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, options);
    await reaches(rig, first.task.id, 'failed');
    setBroken(false);
    const second = await rig.rowlock.tasks.retry(first.task.id, { actor: bo });
    expect(second.task).toMatchObject({
      retryOf: first.task.id,
      actor: bo,
      tags: ['nightly', 'by hand'],
      recordCount: 2,
      state: 'queued',
    });
    expect((await reaches(rig, second.task.id, 'completed')).result).toEqual({
      done: ['cities/1', 'cities/2'],
    });
    expect(await rig.rowlock.tasks.get(first.task.id)).toMatchObject({ state: 'failed' });
  });

  it('a retry with onlyFailed gets exactly the rows that failed', async () => {
    const { task, bad } = brittleTask();
    const rig = await rigOf({ tasks: [task] });
    await rig.rowlock.startWorker();
    bad.add('cities/2').add('cities/4');
    const first = await rig.rowlock.tasks.launch(task, { ids: ['1', '2', '3', '4'] }, by);
    expect(await reaches(rig, first.task.id, 'completed')).toMatchObject({ failedCount: 2 });
    expect(await rig.rowlock.tasks.failures(first.task.id)).toEqual({
      total: 2,
      failures: [
        { record: 'cities/2', error: 'cities/2 is odd' },
        { record: 'cities/4', error: 'cities/4 is odd' },
      ],
    });
    bad.clear();
    const second = await rig.rowlock.tasks.retry(first.task.id, { ...by, onlyFailed: true });
    expect(second.task).toMatchObject({ recordCount: 2, retryOf: first.task.id });
    expect((await reaches(rig, second.task.id, 'completed')).result).toEqual({
      done: ['cities/2', 'cities/4'],
    });
    const none = rig.rowlock.tasks.retry(second.task.id, { ...by, onlyFailed: true });
    await expect(none).rejects.toThrow('No row of the task has failed');
  });

  it('two retries with one idempotency key are one task', async () => {
    const { task, setBroken } = brittleTask();
    const rig = await rigOf({ tasks: [task] });
    const worker = await rig.rowlock.startWorker();
    setBroken(true);
    const first = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, by);
    await reaches(rig, first.task.id, 'failed');
    await worker.close();
    const retry = () => rig.rowlock.tasks.retry(first.task.id, { ...by, idempotencyKey: 'click' });
    const ids = await Promise.all([retry(), retry()].map(async (each) => (await each).task.id));
    expect(new Set(ids).size).toBe(1);
  });

  it('a retry is refused with a reason if there is nothing to retry', async () => {
    const namespace = newNamespace();
    const { task, bad } = brittleTask();
    const { task: gated } = gatedTask();
    const rig = await rigOf({ namespace, tasks: [task, gated] });
    const { tasks } = rig.rowlock;
    await expect(tasks.retry('none', by)).rejects.toMatchObject({ code: 'not_found' });
    const whole = await tasks.launch(gated, { ids: ['9'], gate: 'none' }, by);
    await expect(tasks.retry(whole.task.id, by)).rejects.toThrow('has not ended');
    await rig.rowlock.startWorker();
    await reaches(rig, whole.task.id, 'completed');
    await expect(tasks.retry(whole.task.id, by)).rejects.toThrow('has completed');
    await expect(tasks.retry(whole.task.id, { ...by, onlyFailed: true })).rejects.toThrow(
      'cannot be run for some',
    );
    bad.add('cities/1');
    const some = await tasks.launch(task, { ids: ['1'] }, by);
    await reaches(rig, some.task.id, 'completed');
    const viewer = { id: 'viewer', name: 'viewer' };
    await expect(tasks.retry(some.task.id, { actor: viewer, onlyFailed: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const { redis, keys } = redisOf(namespace);
    await redis.hset(keys.task(some.task.id), 'failedCount', 20_000);
    await expect(tasks.retry(some.task.id, { ...by, onlyFailed: true })).rejects.toThrow(
      '20000 rows of the task have failed, and only the first 1',
    );
  });
});

describe('cancel with waitMs', () => {
  it('cancel with waitMs returns the ended task when its run has stopped', async () => {
    const { task, gate } = gatedTask();
    const rig = await rigOf({ tasks: [task] });
    await rig.rowlock.startWorker();
    const gateA = gate('a');
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, by);
    await gateA.started;
    const cancelled = await rig.rowlock.tasks.cancel(launched.id, { ...by, waitMs: 10_000 });
    expect(cancelled.state).toBe('cancelled');
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('cancel with waitMs returns the running task after that time, and the request remains', async () => {
    const deaf = reportingTask({
      name: 'deaf',
      run: () => new Promise((resolve) => release.push(() => resolve('done all the same'))),
    });
    const release: (() => void)[] = [];
    const rig = await rigOf({ tasks: [deaf] });
    await rig.rowlock.startWorker();
    const { task: launched } = await rig.rowlock.tasks.launch(deaf, { ids: ['1'] }, by);
    await until(() => release.length > 0);
    const asked = await rig.rowlock.tasks.cancel(launched.id, { ...by, waitMs: 300 });
    expect(asked).toMatchObject({ state: 'running', cancelRequested: true });
    release[0]!();
    expect(await reaches(rig, launched.id, 'completed')).toMatchObject({ result: 'done all the same' });
  });

  it('a cancel ends a task whose attempt has failed, even before its job is back in the queue', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const options = { ...by, retry: { attempts: 2, backoffMs: 600_000 } };
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, options);
    const { redis, keys } = redisOf(namespace);
    // A worker by hand: it has stored its failed attempt in Rowlock, but has not answered the queue yet.
    const connection = { url: server().url };
    const worker = new Worker(QUEUE_NAME, undefined, { connection, prefix: keys.bullPrefix });
    closing(() => worker.close());
    const job = (await worker.getNextJob('token'))!;
    const attempts = createAttemptStore(redis, keys);
    const begun = await attempts.start(launched.id, 1, 'a-secret-of-its-own');
    if (begun.kind !== 'started') throw new Error(`It is ${begun.kind}.`);
    await attempts.retry(begun.started.secret, 'Flaky', { done: 0, total: null });
    const cancelling = rig.rowlock.tasks.cancel(launched.id, { ...by, waitMs: 5_000 });
    await until(async () => (await rig.rowlock.tasks.get(launched.id))?.cancelRequested);
    await job.moveToFailed(new Error('Flaky'), 'token');
    expect((await cancelling).state).toBe('cancelled');
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('a cancel stops a parent and its children', async () => {
    const { task: child, gate } = gatedTask('child');
    const gates = [gate('c'), gate('c')];
    const parent = reportingTask({
      name: 'parent',
      async run(ctx) {
        for (const id of ['2', '3']) await ctx.launch(child, { ids: [id], gate: 'c' });
      },
    });
    const rig = await rigOf({ tasks: [child, parent] });
    await rig.rowlock.startWorker({ concurrency: 2 });
    const { task: launched } = await rig.rowlock.tasks.launch(parent, { ids: ['1'] }, by);
    await Promise.all(gates.map(({ started }) => started));
    const cancelled = await rig.rowlock.tasks.cancel(launched.id, { ...by, waitMs: 10_000 });
    expect(cancelled.state).toBe('cancelled');
    const { tasks } = await rig.rowlock.tasks.list();
    expect(tasks.map(({ state }) => state)).toEqual(Array(3).fill('cancelled'));
    expect((await rig.rowlock.locks.check(['cities/1', 'cities/2', 'cities/3'])).held.size).toBe(0);
  });
});
