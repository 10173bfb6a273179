import { startProxy, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ANN, estateOf } from '../../fixtures/estate/estate.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const open = (context: TestContext, url?: string) => estateOf(context, server, url);

describe('a task that is cancelled', () => {
  it.concurrent('a task that is cancelled before its start never runs', async (context) => {
    const estate = await open(context);
    const task = await estate.launch({ ids: [1] });
    expect(await estate.tasks.cancel(task.id, { actor: ANN })).toMatchObject({ state: 'cancelled' });
    const worker = await estate.startWorker();
    const next = await estate.launch({ ids: [1] });
    await estate.reaches(next.id, 'completed');
    expect(worker.output().match(/began attempt/g)).toHaveLength(1);
    await estate.settled(task.id, next.id);
  }, 60_000);

  it.concurrent('a task that is cancelled during its run stops, is not retried, and shows it within a second', async (context) => {
    const estate = await open(context);
    const worker = await estate.startWorker();
    const task = await estate.launch({ ids: Array.from({ length: 100 }, (_, i) => i), paceMs: 100 });
    await estate.says(worker, 'wrote cities/1');
    await estate.tasks.cancel(task.id, { actor: ANN });
    await estate.reaches(task.id, 'cancelled', 3_000);
    await estate.settled(task.id);
    expect(worker.output()).not.toContain('began attempt 2');
    expect((await estate.get(task.id)).attempt).toBe(1);
  }, 60_000);

  it.concurrent('P10: a task that is cancelled after its end is unchanged', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    const task = await estate.launch({ ids: [1] });
    const ended = await estate.reaches(task.id, 'completed');
    expect(await estate.tasks.cancel(task.id, { actor: ANN })).toEqual(ended);
    await estate.settled(task.id);
  }, 60_000);
});

describe('a task that is cancelled after its only worker', () => {
  it.concurrent('a cancelled task whose worker was killed ends without another worker, and its rows are free', async (context) => {
    const estate = await open(context);
    const worker = await estate.startWorker();
    const task = await estate.launch({ ids: [1, 2, 3, 4, 5, 6, 7, 8, 9], paceMs: 300 });
    await estate.says(worker, 'wrote cities/2');
    await worker.kill('SIGKILL');
    await estate.tasks.cancel(task.id, { actor: ANN });
    await estate.reaches(task.id, 'cancelled');
    expect(await estate.held([1, 2, 9])).toBe(0);
    await estate.settled(task.id);
    // Its job is still in the queue: the next worker runs other tasks, and not this one.
    const later = await estate.startWorker();
    const next = await estate.launch({ ids: [1] });
    await estate.reaches(next.id, 'completed');
    expect(later.output()).not.toContain('began attempt 2');
  }, 90_000);

  it.concurrent('a cancelled task stays cancelled when its frozen worker continues, and its late writes are refused', async (context) => {
    const estate = await open(context);
    const frozen = await estate.startWorker();
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    const task = await estate.launch({ ids, paceMs: 300 });
    await estate.says(frozen, 'wrote cities/2');
    frozen.signal('SIGSTOP');
    await estate.tasks.cancel(task.id, { actor: ANN });
    const ended = await estate.reaches(task.id, 'cancelled');
    // The next holder writes under its fence before the old one wakes.
    const holder = { type: 'person', id: 'form', label: 'Form', actor: ANN } as const;
    const records = ids.map((id) => `cities/${id}` as const);
    const { fence } = await estate.rig.rowlock.locks.acquire({ holder, records });
    for (const id of ids) estate.ledger.write(id, fence, 0);
    const writings = estate.ledger.writings();

    frozen.signal('SIGCONT');
    await estate.says(frozen, /fenced off from|lease lost|told to stop/);
    await frozen.stop();
    expect(estate.ledger.writings()).toEqual(writings);
    expect(await estate.get(task.id)).toEqual(ended);
  }, 90_000);

  it.concurrent('a cancelled parent whose worker was killed ends with its running child', async (context) => {
    const estate = await open(context);
    const worker = await estate.startWorker(3);
    const parent = await estate.launchFamily({
      children: [{ ids: [1, 2, 3, 4, 5, 6, 7, 8], paceMs: 300 }, { ids: [9] }],
      holdAfter: 1,
    });
    await estate.says(worker, 'wrote cities/2');
    await worker.kill('SIGKILL');
    await estate.tasks.cancel(parent.id, { actor: ANN });
    await estate.reaches(parent.id, 'cancelled');
    const { tasks } = await estate.tasks.list({ names: ['rows'] });
    expect(tasks.map(({ state }) => state)).toEqual(['cancelled']);
    expect(await estate.held([1, 9])).toBe(0);
    await estate.settled(parent.id, tasks[0]!.id);
  }, 90_000);

  it.concurrent('a cancelled parent whose worker was killed after its run ends with its last child', async (context) => {
    const estate = await open(context);
    const worker = await estate.startWorker(3);
    const parent = await estate.launchFamily({
      children: [{ ids: [1, 2, 3, 4, 5, 6, 7, 8], paceMs: 300 }, { ids: [9] }],
    });
    await estate.says(worker, 'wrote cities/2');
    await until(async () => (await estate.get(parent.id)).result !== undefined);
    await worker.kill('SIGKILL');
    await estate.tasks.cancel(parent.id, { actor: ANN });
    await estate.reaches(parent.id, 'cancelled');
    await estate.settled(parent.id);
    expect(await estate.held([1, 9])).toBe(0);
  }, 90_000);
});

describe('a task that finishes before its launch has returned', () => {
  it.concurrent('a task that ends before its launch returns has ended for everybody', async (context) => {
    const proxy = await startProxy(Number(new URL(server.url).port));
    context.onTestFinished(() => proxy.close());
    const estate = await open(context, `redis://127.0.0.1:${proxy.port}`);
    const worker = await estate.startWorker();
    // The answers of Redis to the api are a second late. The worker gets them at once.
    proxy.delay({ toClientMs: 1_000 });
    const launching = estate.launch({ ids: [1] });
    let hasReturned = false;
    void launching.then(() => {
      hasReturned = true;
    });
    await estate.says(worker, 'wrote cities/1');
    await until(async () => (await estate.redis.keys(`*${estate.namespace}*open`)).length === 0);
    expect(hasReturned).toBe(false);
    const task = await launching;
    proxy.heal();
    await estate.reaches(task.id, 'completed');
    await estate.settled(task.id);
  }, 60_000);
});

describe('a subscriber that throws for long', () => {
  it.concurrent('a subscriber that throws for long delays neither tasks nor screens, and its table is complete afterwards', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    let isBroken = true;
    let failures = 0;
    estate.beforeSubscriber.call = () => {
      if (!isBroken) return;
      failures += 1;
      throw new Error('The dashboard is down.');
    };
    const tasks = [];
    for (let id = 0; id < 5; id++) tasks.push(await estate.launch({ ids: [id] }));
    for (const { id } of tasks) {
      await estate.reaches(id, 'completed');
      await until(() => estate.onScreen(id)?.state === 'completed');
    }
    await until(() => failures >= 5, {
      what: 'the subscriber to have been tried again and again',
      timeoutMs: 20_000,
    });
    isBroken = false;
    await estate.settled(...tasks.map(({ id }) => id));
  }, 90_000);
});
