/**
 * A task from its launch to its end, with the outages that it must survive. Long, since the whole life of a task uses one
 * rig.
 */
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatedTask, newNamespace, type Rig, startRig } from '../../test/fixtures/rig.ts';
import { reportingTask } from '../../test/fixtures/taskFixture.ts';
import { createRowlock } from '../createRowlock.ts';
import { ConflictError } from '../errors.ts';
import { keysOf } from '../redis/keys.ts';
import { defineTask } from './definition/defineTask.ts';
import { QUEUE_NAME } from './store/queue.ts';

const ann = { id: 'ann', name: 'Ann' };
const bo = { id: 'bo', name: 'Bo' };

let server: TestRedis;
const rigs: Rig[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

const queueOf = (namespace: string) =>
  new Queue(QUEUE_NAME, { connection: { url: server.url }, prefix: keysOf(namespace).bullPrefix });

async function rigWith(options: { attempts?: number; work?: boolean; namespace?: string } = {}) {
  const { task, gate } = gatedTask('gated', options.attempts);
  const rig = await startRig(server, {
    tasks: [task],
    ...(options.namespace && { namespace: options.namespace }),
  });
  rigs.push(rig);
  if (options.work !== false) await rig.rowlock.startWorker();
  const stateOf = async (id: string) => (await rig.rowlock.tasks.get(id))?.state;
  const reaches = (id: string, state: string) =>
    until(async () => (await stateOf(id)) === state, { what: `task to be ${state}`, timeoutMs: 20_000 });
  const held = async (...ids: string[]) =>
    (await rig.rowlock.locks.check(ids.map((id) => `cities/${id}` as const))).held.size;
  return { ...rig, task, gate, reaches, held, tasks: rig.rowlock.tasks };
}

describe('code inside a run', () => {
  it('code inside a run joins the lease of its task as the same holder or without one, and adds missing records', async () => {
    const nested: string[] = [];
    const task = defineTask({
      name: 'nesting',
      input: z.object({}),
      records: () => ['cities/1'],
      async run(ctx) {
        const records = ['cities/1', 'cities/2'] as const;
        await rowlock.locks.withLock({ records }, async (lease) => {
          nested.push(lease.id);
          const snapshot = await rowlock.locks.check(records);
          nested.push(...[...snapshot.held.values()].flat());
        });
        const holder = { type: 'task', id: ctx.taskId, label: 'Save', actor: ann } as const;
        await rowlock.locks.withLock({ holder, records }, async (lease) => void nested.push(lease.id));
        const other = { type: 'person', id: 'save', label: 'Save', actor: ann } as const;
        await rowlock.locks
          .withLock({ holder: other, records }, async (lease) => void nested.push(lease.id))
          .catch((error) => nested.push(error.code));
        return ctx.taskId;
      },
    });
    const rig = await startRig(server, { tasks: [task] });
    rigs.push(rig);
    const { rowlock } = rig;
    await rowlock.startWorker();
    const launched = await rowlock.tasks.launch(task, {}, { actor: ann });
    const state = async () => (await rowlock.tasks.get(launched.task.id))?.state;
    await until(async () => (await state()) === 'completed', { what: 'the task to be completed' });
    expect(nested).toEqual([...Array(4).fill(launched.task.leaseId), 'conflict']);
    expect((await rowlock.locks.check(['cities/1', 'cities/2'])).held.size).toBe(0);
  });
});

describe('launch', () => {
  it('a launch holds the records from before it is queued until its end', async () => {
    const { tasks, task, gate, reaches, held } = await rigWith();
    const gateA = gate('a');
    const launched = await tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ann });
    expect(launched.task).toMatchObject({ state: 'queued', label: 'Gated · 2', recordCount: 2, actor: ann });
    await gateA.started;
    expect(await held('1', '2')).toBe(2);
    gateA.finish();
    await reaches(launched.task.id, 'completed');
    expect(await held('1', '2')).toBe(0);
    expect(await tasks.get(launched.task.id)).toMatchObject({
      result: { changed: 2 },
      progress: { done: 2, total: 2 },
    });
  });

  it('P3: a launch is refused with the live progress of the blocking task', async () => {
    const { tasks, task, gate } = await rigWith();
    const gateA = gate('a');
    const first = await tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ann });
    await gateA.started;
    await until(async () => (await tasks.get(first.task.id))?.progress.done === 1);
    const refusal = await tasks
      .launch(task, { ids: ['2', '3'], gate: 'b' }, { actor: bo })
      .catch((error) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect((refusal as ConflictError).conflicts).toMatchObject([
      {
        recordCount: 1,
        records: ['cities/2'],
        lease: { holder: { type: 'task', id: first.task.id, label: 'Gated · 2', actor: ann } },
        task: { state: 'running', progress: { done: 1, total: 2 } },
      },
    ]);
    gateA.finish();
  });

  it('a launch with malformed input, an unknown resource or an empty selection is refused, and leaves nothing', async () => {
    const { tasks, task } = await rigWith({ work: false });
    const launch = (input: unknown) =>
      tasks.launch(task, input as { ids: string[]; gate: string }, { actor: ann });
    await expect(launch({ ids: 'all' })).rejects.toThrow('The input of "gated" is malformed at "ids"');
    await expect(launch({ ids: [], gate: '' })).rejects.toThrow('there is nothing to do');
    expect(await tasks.list()).toEqual({ tasks: [] });
  });

  it('P2: a launch leaves no lock if the queue refuses its job', async () => {
    const namespace = newNamespace();
    const { tasks, task, held } = await rigWith({ work: false, namespace });
    const redis = new Redis(server.url);
    await redis.set(`${keysOf(namespace).bullPrefix}:${QUEUE_NAME}:wait`, 'no list');
    await expect(tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann })).rejects.toThrow('WRONGTYPE');
    expect(await held('1')).toBe(0);
    expect((await tasks.list()).tasks).toMatchObject([
      { state: 'failed', error: 'It could not be put into the queue.' },
    ]);
    redis.disconnect();
  });

  it('a launch may be called as soon as the server is ready', async () => {
    const { task } = gatedTask();
    for (let i = 0; i < 20; i++) {
      const rowlock = createRowlock({
        redis: server.url,
        namespace: newNamespace(),
        resources: ['cities'],
        tasks: [task],
        auth: {
          authenticate: () => null,
          authorize: () => true,
        },
      });
      await rowlock.start();
      await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
      await rowlock.close();
    }
  });

  it('P11: a launch is refused if Redis cannot be reached', async () => {
    const own = await startRedis();
    const { task } = gatedTask();
    const rig = await startRig(own, { tasks: [task] });
    await own.kill();
    await expect(rig.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann })).rejects.toThrow(
      'Redis cannot be reached',
    );
    await own.restart();
    await until(() => rig.rowlock.locks.check(['cities/1']));
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    await rig.close();
    await own.stop();
  });
});

describe('a run', () => {
  it('a run that throws fails the task with its reason, and frees the records', async () => {
    const { tasks, task, gate, reaches, held } = await rigWith();
    const gateA = gate('a');
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    gateA.finish(new Error('Disk is full'));
    await reaches(launched.id, 'failed');
    expect(await tasks.get(launched.id)).toMatchObject({ error: 'Disk is full' });
    expect(await held('1')).toBe(0);
  });

  it('P6: a task keeps its lease between a failed attempt and the next', async () => {
    const { tasks, task, gate, reaches, held } = await rigWith({ attempts: 2 });
    const [first, second] = [gate('a'), gate('a')];
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await first.started;
    first.finish(new Error('Flaky'));
    await second.started;
    expect(await held('1')).toBe(1);
    expect(await tasks.get(launched.id)).toMatchObject({
      state: 'running',
      attempt: 2,
      leaseId: launched.leaseId,
    });
    second.finish();
    await reaches(launched.id, 'completed');
  });

  it('a run stops when it is cancelled, and is not retried', async () => {
    const { tasks, task, gate, reaches, held } = await rigWith({ attempts: 3 });
    const gateA = gate('a');
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const signal = await gateA.started;
    await tasks.cancel(launched.id, { actor: ann });
    await reaches(launched.id, 'cancelled');
    expect(signal.aborted).toBe(true);
    expect(await held('1')).toBe(0);
    expect(await tasks.cancel(launched.id, { actor: ann })).toMatchObject({ state: 'cancelled', attempt: 1 });
  });

  it('a task returns to the queue with its locks when its worker shuts down', async () => {
    const { tasks, task, gate, rowlock, reaches, held } = await rigWith({ work: false });
    const worker = await rowlock.startWorker();
    const [first, second] = [gate('a'), gate('a')];
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await first.started;
    await worker.close(0);
    expect(await tasks.get(launched.id)).toMatchObject({ state: 'retrying' });
    expect(await held('1')).toBe(1);
    await rowlock.startWorker();
    await second.started;
    second.finish();
    await reaches(launched.id, 'completed');
  });

  it('a task returns to the queue even if the check of its result never ends', async () => {
    let check = () => {};
    const isChecked = new Promise<void>((resolve) => {
      check = resolve;
    });
    const task = reportingTask({
      result: z.unknown().refine(() => {
        check();
        return new Promise<boolean>(() => {});
      }),
    });
    const rig = await startRig(server, { tasks: [task] });
    rigs.push(rig);
    const { tasks, locks } = rig.rowlock;
    const worker = await rig.rowlock.startWorker();
    const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
    await isChecked;
    await worker.close(0);
    expect(await tasks.get(launched.id)).toMatchObject({ state: 'retrying', hasWorker: true });
    expect((await locks.check(['cities/1'])).held.size).toBe(1);
  });
});

describe('a worker that does not know a task', () => {
  it('a worker without the definition leaves the task to another, and no attempt is counted', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const old = await startRig(server, { namespace });
    const replaced = await startRig(server, { namespace, tasks: [task] });
    rigs.push(old, replaced);
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
    await queue.close();
    await worker.close();
  });

  it('a worker without the definition ends the task with advice if no other worker fetches it', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await startRig(server, { namespace, tasks: [task] });
    const old = await startRig(server, { namespace });
    rigs.push(rig, old);
    const { tasks } = rig.rowlock;
    const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
    const redis = new Redis(server.url);
    await redis.hset(`${keysOf(namespace).bullPrefix}:${QUEUE_NAME}:${launched.id}`, 'ats', 30);
    redis.disconnect();
    await old.rowlock.startWorker();
    await until(async () => (await tasks.get(launched.id))?.state === 'failed');
    expect((await tasks.get(launched.id))!.error).toContain('Add it to the tasks of their createRowlock');
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

describe('a task that waits', () => {
  it('a waiting task is cancelled at once', async () => {
    const { tasks, task, held } = await rigWith({ work: false });
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    expect(await tasks.cancel(launched.id, { actor: ann })).toMatchObject({ state: 'cancelled' });
    expect(await held('1')).toBe(0);
  });

  it('P6: a waiting task keeps its lease beyond the TTL, and shows that it has no worker', async () => {
    const { tasks, task, held, reaches, rowlock } = await rigWith({ work: false });
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
    const { tasks, task, reaches } = await rigWith({ namespace });
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
    await queue.close();
  });
});
