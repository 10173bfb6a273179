import { startProxy, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ANN, estateOf } from '../../testing/estate/estate.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const open = (context: TestContext, url?: string) => estateOf(context, server, url);

describe('a task that is cancelled', () => {
  it.concurrent('before its start never runs', async (context) => {
    const estate = await open(context);
    const task = await estate.launch({ ids: [1] });
    expect(await estate.tasks.cancel(task.id, { actor: ANN })).toMatchObject({ state: 'cancelled' });
    const worker = await estate.startWorker();
    const next = await estate.launch({ ids: [1] });
    await estate.reaches(next.id, 'completed');
    expect(worker.output().match(/began attempt/g)).toHaveLength(1);
    await estate.settled(task.id, next.id);
  }, 60_000);

  it.concurrent('during its run stops, is not tried again, and says so within a second', async (context) => {
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

  it.concurrent('P10: after its end stays as it has ended', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    const task = await estate.launch({ ids: [1] });
    const ended = await estate.reaches(task.id, 'completed');
    expect(await estate.tasks.cancel(task.id, { actor: ANN })).toEqual(ended);
    await estate.settled(task.id);
  }, 60_000);
});

describe('a task that finishes before its launch has returned', () => {
  it.concurrent('has ended for everybody all the same', async (context) => {
    const proxy = await startProxy(Number(new URL(server.url).port));
    context.onTestFinished(() => proxy.close());
    const estate = await open(context, `redis://127.0.0.1:${proxy.port}`);
    const worker = await estate.startWorker();
    // What Redis answers to the api is a second late; the worker hears it at once.
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

describe('a hook that throws for long', () => {
  it.concurrent('holds up neither tasks nor screens, and the table has all once it is well again', async (context) => {
    const estate = await open(context);
    await estate.startWorker();
    let isBroken = true;
    let failures = 0;
    estate.beforeHook.call = () => {
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
      what: 'the hook to have been tried again and again',
      timeoutMs: 20_000,
    });
    isBroken = false;
    await estate.settled(...tasks.map(({ id }) => id));
  }, 90_000);
});
