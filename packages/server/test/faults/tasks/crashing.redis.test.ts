/** A task that crashes each of its workers: it fails in the end, and those that ran beside it do not. */
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { type Estate, estateOf } from '../../fixtures/estate/estate.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const CONCURRENCY = 3;

/** Starts a worker whenever the last one has crashed, and frees its jobs, whose locks would expire in 10 s. */
function supervise(estate: Estate, { onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  let crashes = 0;
  let isOver = false;
  async function keepOne(): Promise<void> {
    while (!isOver) {
      const worker = await estate.startWorker(CONCURRENCY);
      await worker.exited;
      if (isOver) return;
      crashes++;
      const locks = await estate.redis.keys(`*{rowlock:${estate.namespace}}*:lock`);
      if (locks.length > 0) await estate.redis.del(locks);
    }
  }
  const supervised = keepOne();
  supervised.catch(() => {});
  onTestFinished(() => {
    isOver = true;
  });
  return { crashes: () => crashes };
}

describe('a task that crashes its worker each time', () => {
  it.concurrent('P8: a crashing task fails with a readable reason after five crashes, and the tasks beside it complete', async (context) => {
    const estate = await estateOf(context, server);
    const slow = (first: number) => ({ ids: Array.from({ length: 12 }, (_, i) => first + i), paceMs: 250 });
    const innocents = [await estate.launch(slow(100)), await estate.launch(slow(200))];
    const culprit = await estate.launch({ ids: [1, 2], paceMs: 300, killsAfter: 1 });
    const supervisor = supervise(estate, context);

    const failed = await estate.reaches(culprit.id, 'failed', 150_000);
    expect(failed.error).toMatch(
      /^Its worker crashed or hung 5 times in a row while it ran, the last 3 times with no other task beside it\./,
    );
    expect(failed.attempt).toBe(5);
    expect(supervisor.crashes()).toBe(5);
    for (const { id } of innocents) await estate.reaches(id, 'completed', 60_000);
    expect(await estate.held([1, 2])).toBe(0);
    await estate.settled(culprit.id, ...innocents.map(({ id }) => id));
    // The queue continues as before: tasks run beside each other again.
    const later = [await estate.launch(slow(300)), await estate.launch(slow(400))];
    await until(
      async () =>
        (await Promise.all(later.map(({ id }) => estate.get(id)))).every((task) => task.state === 'running'),
      { what: 'two tasks to run beside each other', timeoutMs: 20_000 },
    );
    for (const { id } of later) await estate.reaches(id, 'completed');
  }, 280_000);

  it.concurrent('a crashing child fails, its sibling completes, and the parent says that a child failed', async (context) => {
    const estate = await estateOf(context, server);
    const sibling = { ids: Array.from({ length: 12 }, (_, i) => 100 + i), paceMs: 250 };
    const parent = await estate.launchFamily({
      children: [sibling, { ids: [1, 2], paceMs: 300, killsAfter: 1 }],
    });
    supervise(estate, context);
    expect(await estate.reaches(parent.id, 'failed', 150_000)).toMatchObject({
      error: '1 of 2 child tasks failed.',
    });
    const { tasks } = await estate.tasks.list({ names: ['rows'] });
    expect(tasks.map(({ state, error }) => [state, error?.slice(0, 29)]).toSorted()).toEqual([
      ['completed', undefined],
      ['failed', 'Its worker crashed or hung 5 '],
    ]);
    await estate.settled(parent.id, ...tasks.map(({ id }) => id));
  }, 280_000);
});
