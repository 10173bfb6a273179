/** How a task is stopped: cancelled, or sent back when its worker shuts down. In processes of their own. */
import { type StartedProcess, startProcess, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newNamespace, type Rig, startRig } from '../../../test/fixtures/rig.ts';
import { pacedTask, quietTask } from '../../../test/fixtures/workerProcess.ts';
import { keysOf } from '../../redis/keys.ts';
import { defineTask } from '../definition/defineTask.ts';
import { QUEUE_NAME } from '../store/queue.ts';

const ann = { id: 'ann', name: 'Ann' };
const WORKER = new URL('../../../test/fixtures/workerProcess.ts', import.meta.url).pathname;

let server: TestRedis;
let rig: Rig;
let namespace: string;
const processes: StartedProcess[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  await rig.close();
});

async function startWorkerProcess(env: Record<string, string> = {}): Promise<StartedProcess> {
  const started = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', WORKER],
    env: { REDIS_URL: server.url, NAMESPACE: namespace, ...env },
    readyLine: 'worker ready',
  });
  processes.push(started);
  return started;
}

const openQueue = () =>
  new Queue(QUEUE_NAME, { connection: { url: server.url }, prefix: keysOf(namespace).bullPrefix });

async function openRig(tasks: Parameters<typeof startRig>[1] = {}) {
  namespace = newNamespace();
  rig = await startRig(server, { tasks: [pacedTask, quietTask], namespace, ...tasks });
  const { tasks: own, locks } = rig.rowlock;
  const get = async (id: string) => (await own.get(id))!;
  const reaches = (id: string, state: string, timeoutMs = 20_000) =>
    until(async () => (await get(id)).state === state, { what: `the task to be ${state}`, timeoutMs });
  const held = async () => (await locks.check(['cities/0'])).held.size;
  return { tasks: own, get, reaches, held };
}

describe('a cancel request', () => {
  it('a cancel is acknowledged before the next heartbeat by a worker in another process, even if the run reports nothing', async () => {
    const { tasks, reaches, held } = await openRig();
    const worker = await startWorkerProcess();
    const { task } = await tasks.launch(quietTask, { ignores: false }, { actor: ann });
    await until(() => worker.output().includes('waits in attempt 1'));
    const askedAtMs = performance.now();
    await tasks.cancel(task.id, { actor: ann });
    await reaches(task.id, 'cancelled', 5_000);
    // A run sends a heartbeat at its start, and then every 3.3 s.
    expect(performance.now() - askedAtMs).toBeLessThan(2_500);
    expect(await held()).toBe(0);
  });
});

describe('a worker that shuts down during a task', () => {
  it('P6: a closing worker returns the task with its locks to the queue, and another continues it', async () => {
    const { tasks, get, reaches, held } = await openRig();
    const first = await startWorkerProcess({ PACE_MS: '200' });
    // A minute of work, of which only the limit of 4 s is waited for.
    const { task } = await tasks.launch(pacedTask, { count: 300 }, { actor: ann });
    await until(async () => (await get(task.id)).progress.done >= 1, { what: 'progress' });
    first.signal('SIGTERM');
    expect(await first.exited).toMatchObject({ code: 0 });
    expect(await get(task.id)).toMatchObject({ state: 'retrying', attempt: 1 });
    expect(await held()).toBe(1);

    await startWorkerProcess({ PACE_MS: '1' });
    await reaches(task.id, 'completed');
    expect(await get(task.id)).toMatchObject({ attempt: 2, result: { written: 300 } });
  }, 40_000);

  it('a closing worker waits for runs that end soon', async () => {
    const { tasks, get } = await openRig();
    const worker = await startWorkerProcess({ PACE_MS: '100' });
    const { task } = await tasks.launch(pacedTask, { count: 8 }, { actor: ann });
    await until(async () => (await get(task.id)).progress.done >= 1, { what: 'progress' });
    worker.signal('SIGTERM');
    expect(await worker.exited).toMatchObject({ code: 0 });
    expect(await get(task.id)).toMatchObject({ state: 'completed', attempt: 1 });
  }, 40_000);

  it('a closing worker abandons a run that ignores it, and the task returns to the queue', async () => {
    const { tasks, get, reaches, held } = await openRig();
    // Its run would continue for two minutes.
    const first = await startWorkerProcess();
    const { task } = await tasks.launch(quietTask, { ignores: true }, { actor: ann });
    await until(() => first.output().includes('waits in attempt 1'));
    first.signal('SIGTERM');
    expect(await first.exited).toMatchObject({ code: 0 });
    expect(await get(task.id)).toMatchObject({ state: 'retrying' });
    expect(await held()).toBe(1);
    const queue = openQueue();
    expect(await (await queue.getJob(task.id))!.isWaiting()).toBe(true);
    await queue.close();

    const second = await startWorkerProcess();
    await reaches(task.id, 'completed');
    expect(second.output()).toContain('waits in attempt 2');
  }, 40_000);
});

describe('the job of a task that has ended', () => {
  async function endedTask(run: () => void, attempts = 1) {
    const task = defineTask({
      name: 'ending',
      input: quietTask.input,
      records: () => ['cities/0'],
      retry: { attempts },
      run,
    });
    const { tasks, get, reaches } = await openRig({ tasks: [task] });
    await rig.rowlock.startWorker();
    const launched = await tasks.launch(task, { ignores: false }, { actor: ann });
    const { id } = launched.task;
    const queue = openQueue();
    const finished = (after = 0) =>
      until(async () => {
        const job = await queue.getJob(id);
        return job?.finishedOn && job.attemptsStarted > after ? job : undefined;
      });
    return { id, get, reaches, queue, finished };
  }

  it('a job that is retried by hand fails with advice if its task had failed', async () => {
    const { id, get, reaches, queue, finished } = await endedTask(() => {
      throw new Error('Disk is full');
    });
    await reaches(id, 'failed');
    const before = await get(id);
    const job = await finished();
    expect(job.failedReason).toBe('Disk is full');
    await job.retry('failed');
    const again = await finished(1);
    expect(await again.isFailed()).toBe(true);
    expect(again.failedReason).toBe(
      'This task has ended as failed (Disk is full). Its job cannot run again. Launch it again with tasks.retry, which makes a new task.',
    );
    expect(await get(id)).toEqual(before);
    await queue.close();
  });

  it('a job that is retried by hand completes again if its task had completed', async () => {
    const { id, get, reaches, queue, finished } = await endedTask(() => {});
    await reaches(id, 'completed');
    const before = await get(id);
    await (await finished()).retry('completed');
    expect(await (await finished(1)).isCompleted()).toBe(true);
    expect(await get(id)).toEqual(before);
    await queue.close();
  });
});
