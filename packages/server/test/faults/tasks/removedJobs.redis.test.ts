import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ConflictError } from '../../../src/errors.ts';
import { keysOf } from '../../../src/redis/keys.ts';
import { QUEUE_NAME } from '../../../src/tasks/store/queue.ts';
import { ANN, type Estate, estateOf } from '../../fixtures/estate/estate.ts';
import { startRig } from '../../fixtures/rig.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const open = (context: TestContext) => estateOf(context, server);

describe('a job that is gone', () => {
  it.concurrent.for<{ how: string; remove(estate: Estate, taskId: string): Promise<unknown> }>([
    { how: 'was removed by hand', remove: ({ queue }, taskId) => queue.remove(taskId) },
    { how: 'went when the queue was drained', remove: ({ queue }) => queue.drain() },
    { how: 'went when the queue was obliterated', remove: ({ queue }) => queue.obliterate({ force: true }) },
  ])(
    'a task whose job $how is settled as failed, with two reconcilers at once',
    { timeout: 90_000 },
    async ({ remove }, context) => {
      const estate = await open(context);
      // A second server of the same namespace reconciles too.
      const other = await startRig(server, { namespace: estate.namespace });
      const task = await estate.launch({ ids: [1, 2] });
      await remove(estate, task.id);
      const failed = await estate.reaches(task.id, 'failed');
      expect(failed.error).toContain('vanished from the queue');
      await estate.settled(task.id);
      const entries = await estate.rig.rowlock.locks.audit.listByRecord('cities/1');
      expect(entries.filter(({ what }) => what === 'released')).toHaveLength(1);
      await other.close();
    },
  );

  it.concurrent('a failed enqueue after the locks were acquired ends the task', async (context) => {
    const estate = await open(context);
    const { queue, redis } = estate;
    await redis.set(`${keysOf(estate.namespace).bullPrefix}:${QUEUE_NAME}:wait`, 'no list');
    await expect(estate.launch({ ids: [1] })).rejects.toThrow('WRONGTYPE');
    expect(await estate.held([1])).toBe(0);
    const [taskId] = await redis.zrange(keysOf(estate.namespace).tasks, '0', '0');
    const task = await estate.get(taskId!);
    expect(task).toMatchObject({ state: 'failed', error: 'It could not be put into the queue.' });
    await redis.del(`${keysOf(estate.namespace).bullPrefix}:${QUEUE_NAME}:wait`);
    await queue.count();
    await estate.settled(task.id);
  }, 60_000);
});

describe('a job that comes back', () => {
  it.concurrent('P10: a job that is retried in a dashboard of BullMQ after its task has ended changes nothing', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    const task = await estate.launch({ ids: [1], failures: 3 }, { retry: { attempts: 1 } });
    const before = await estate.reaches(task.id, 'failed');
    const job = await until(async () => {
      const found = await estate.queue.getJob(task.id);
      return (await found?.isFailed()) ? found : undefined;
    });
    await job.retry('failed');
    await until(async () => (await estate.queue.getJob(task.id))?.isFailed(), { timeoutMs: 15_000 });
    expect(await estate.get(task.id)).toEqual(before);
    expect((await estate.queue.getJob(task.id))?.failedReason).toContain('ended as failed');
    await estate.settled(task.id);
  }, 60_000);

  it.concurrent('a job that arrives before its task, since Redis had lost the launch script, waits for the task', async (context) => {
    const estate = await open(context);
    const worker = await estate.startWorker();
    await estate.redis.script('FLUSH');
    // BullMQ's own script is there again, ours is not.
    await estate.queue.add('nothing of ours', { input: {} });
    const task = await estate.launch({ ids: [1] });
    expect(await estate.reaches(task.id, 'completed')).toMatchObject({ attempt: 1 });
    await estate.settled(task.id);
    expect(worker.output()).toContain('wrote cities/1');
  }, 60_000);

  it.concurrent('a job whose data was edited by hand runs with the input of its launch', async (context) => {
    const estate = await open(context);
    const task = await estate.launch({ ids: [1] }, { retry: { attempts: 1 } });
    const job = await estate.queue.getJob(task.id);
    await job!.updateData({ input: { ids: [1], failures: 9 } });
    await estate.startWorker();
    await estate.reaches(task.id, 'completed');
    await estate.settled(task.id);
  }, 60_000);
});

describe('a repeated launch', () => {
  it.concurrent('100 concurrent launches with one idempotency key are one task', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    const launches = await Promise.all(
      Array.from({ length: 100 }, () =>
        estate.launch({ ids: [1, 2], paceMs: 20 }, { idempotencyKey: 'one' }),
      ),
    );
    expect(new Set(launches.map(({ id }) => id)).size).toBe(1);
    await estate.reaches(launches[0]!.id, 'completed');
    expect(estate.ledger.writings()).toHaveLength(2);
    await estate.settled(launches[0]!.id);
  }, 60_000);

  it.concurrent('a task keeps its locks while a failed attempt waits for the next, and others are refused', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    const task = await estate.launch({ ids: [1], failures: 2 });
    const { locks } = estate.rig.rowlock;
    const holder = { type: 'person', id: 'rival', label: 'Rival', actor: ANN } as const;
    const refusedWhile = new Set<string>();
    const acquired = await until(
      () =>
        locks.acquire({ holder, records: ['cities/1'] }).catch(async (error: unknown) => {
          expect(error).toBeInstanceOf(ConflictError);
          refusedWhile.add((await estate.get(task.id)).state);
          return undefined;
        }),
      { timeoutMs: 30_000, intervalMs: 5, what: 'the record to be free' },
    );
    // The records of a task are released in the step in which it ends.
    expect(await estate.get(task.id)).toMatchObject({ state: 'completed', attempt: 3 });
    expect([...refusedWhile]).toContain('retrying');
    await acquired.release();
    await estate.settled(task.id);
  }, 60_000);
});
